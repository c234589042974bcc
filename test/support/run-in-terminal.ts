import { type ChildProcess, spawn } from 'node:child_process';
import { type End, endOf } from './end-of.js';
import { ROOT } from './run-node.js';

export interface TerminalRun {
  readonly done: Promise<End>;
  /** All that the terminal was sent so far, as it came. */
  screen(): string;
  /** What a person types; Ctrl-C is `\u0003`. */
  type(keys: string): void;
  kill(signal: NodeJS.Signals): void;
}

/** As `runNode`, in a real terminal of that width: `script` of util-linux makes one. */
export function runInTerminal(
  file: string,
  args: readonly string[],
  { columns = 100, environment = {} }: { columns?: number; environment?: Readonly<Record<string, string>> } = {},
): TerminalRun {
  const command = ['exec', process.execPath, `${ROOT}dist/${file}`, ...args].map((word) => `'${word}'`).join(' ');
  const child: ChildProcess = spawn(
    'script',
    ['-qec', `stty cols ${columns} rows 50; ${command.replace("'exec'", 'exec')}`, '/dev/null'],
    {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color', ...environment },
      // An end of input would be a Ctrl-D.
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let screen = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (screen += text));
  const done = endOf(child);
  return {
    done,
    screen: () => screen,
    type: (keys) => {
      child.stdin?.write(keys);
    },
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
