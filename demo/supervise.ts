import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { neutralEnvironment } from './shop-environment.js';

/** A terminal and npm may both report one Ctrl-C. */
const SAME_INTERRUPT_MS = 300;
const CTRL_C = '\u0003';

/**
 * Runs a part of the demo as a process group of its own and makes sure that nothing of it is left when it ends. In the
 * group of the terminal a Ctrl-C would end Redis and Prometheus too, before the last values have arrived in them.
 */
export async function supervise(file: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    // A `.env` file of the folder the demo was called in is not meant for the demo.
    cwd: import.meta.dirname,
    env: neutralEnvironment(process.env),
    detached: true,
    // The channel: whatever ends this process, the child hears of it.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ignore = listen(child);
  const ended = once(child, 'exit').finally(ignore) as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const [code, signal] = await ended;
  if (signal) console.error(`The demo was ended by ${signal}.`);
  killGroup(child);
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

/** Tells the child of Ctrl-C and signals: the first ends it in order, the second at once. */
function listen(child: ChildProcess): () => void {
  let count = 0;
  let last = -Infinity;
  const interrupt = (): void => {
    if (performance.now() - last < SAME_INTERRUPT_MS) return;
    last = performance.now();
    count += 1;
    if (count <= 2) child.kill('SIGINT');
    else killGroup(child);
  };
  const resize = (): void => void child.kill('SIGWINCH');
  const hangUp = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', hangUp).on('SIGWINCH', resize);
  const ignoreKeys = listenToKeys(interrupt);
  return () => {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', hangUp).off('SIGWINCH', resize);
    ignoreKeys();
  };
}

/** On a terminal keys come raw: a Ctrl-C reaches nobody else, and nothing typed is echoed into the table. */
function listenToKeys(interrupt: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY || !process.stdout.isTTY) return () => undefined;
  const onData = (keys: Buffer): void => {
    if (keys.includes(CTRL_C)) interrupt();
  };
  stdin.setRawMode(true).on('data', onData);
  return () => {
    stdin.off('data', onData).setRawMode(false).pause();
  };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
