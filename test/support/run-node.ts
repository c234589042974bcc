import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endOf } from './end-of.js';

export interface NodeRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningNode {
  readonly pid: number;
  readonly done: Promise<NodeRun>;
  stdout(): string;
  stderr(): string;
  /** As `head` does after its last line. */
  closeOutput(): void;
  kill(signal: NodeJS.Signals): void;
}

/** The checkout, from wherever this file runs. */
export const ROOT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url),
);

/** Runs a file of the build (`npm run build`) in a Node process of its own, with the environment given and the PATH. */
export function runNode(
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): RunningNode {
  const child = spawn(process.execPath, [`${ROOT}dist/${file}`, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const done = endOf(child).then((end) => ({ ...end, stdout, stderr }));
  return {
    pid: child.pid as number,
    done,
    stdout: () => stdout,
    stderr: () => stderr,
    closeOutput: () => {
      child.stdout.destroy();
    },
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
