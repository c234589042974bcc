import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Beside what the shell has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Then it is killed, with all it started. Default: a minute. */
  readonly timeoutMs?: number;
}

/** What `npm run` and Jest leave in the environment, and what the package would read. Where npm finds packages stays. */
const NOT_THE_USERS = [
  /^npm_(?!config_)/i,
  /^npm_config_(local_prefix|dry_run|json|global|location|omit|include|production|save.*|workspaces?|ignore_scripts)$/i,
  /^(INIT_CWD$|JEST_|NODE_(?!EXTRA_CA_CERTS$)|FORCE_COLOR$|PROMETHEUS_|PUSHGATEWAY_)/,
];

/**
 * Runs a program as a user's shell would.
 * @throws Error with everything it wrote if it cannot be started or has not ended in time. Any exit code is a result.
 */
export function run(
  program: string,
  args: readonly string[],
  { cwd, environment = {}, timeoutMs = 60_000 }: RunOptions,
): Promise<Ended> {
  const usual = Object.entries(process.env).filter(([name]) => !NOT_THE_USERS.some((pattern) => pattern.test(name)));
  const child = spawn(program, args, {
    cwd,
    env: { ...Object.fromEntries(usual), NO_COLOR: '1', HUSKY: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: npm starts processes that must end with it.
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      reject(new Error(describe([program, ...args], cwd, what, { stdout, stderr })));
    };
    const timer = setTimeout(() => {
      fail(`had not ended after ${timeoutMs} ms`);
      killGroup(child.pid);
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(`could not be started: ${error.message}`);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/**
 * As {@link run}, for what has to succeed.
 * @throws Error with everything it wrote unless it exits with 0.
 */
export async function succeed(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const ended = await run(program, args, options);
  if (ended.code === 0) return ended;
  throw new Error(describe([program, ...args], options.cwd, `ended with ${ended.code ?? 'a signal'}`, ended));
}

function describe(
  command: readonly string[],
  cwd: string,
  what: string,
  { stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>,
): string {
  return `${command.join(' ')}\nin ${cwd}\n${what}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // All have ended by themselves.
  }
}
