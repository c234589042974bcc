import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOf } from '../test/support/end-of.js';
import { lastLines } from './last-lines.js';

const START_DEADLINE_MS = 30_000;
const END_DEADLINE_MS = 20_000;
const KEPT_OUTPUT = 64 * 1024;
const MAIN = join(import.meta.dirname, '..', 'sample-app', 'main.js');

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The sample application as a process of its own, as `nest start` runs it. */
export class Program {
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  #output = '';
  #isEnding = false;
  #end: string | undefined;

  /** @param hasChannel Whether the two can send each other messages. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>>, hasChannel = false) {
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', ...(hasChannel ? ['ipc' as const] : [])],
    });
    running.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
      });
    }
    this.exited = endOf(this.#child).then(({ code, signal }) => {
      running.delete(this.#child);
      this.#end = signal ?? `exit code ${code ?? ''}`;
      return this.#end;
    });
  }

  get output(): string {
    return this.#output;
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener);
  }

  /** Nothing happens if it has ended. */
  send(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** The first group of the pattern, once it has printed it. */
  async printed(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (Date.now() < deadline && this.#end === undefined) {
      const found = pattern.exec(this.#output)?.[1];
      if (found !== undefined) return found;
      await sleep(20);
    }
    throw new Error(`the shop has not started${this.#end ? ` (${this.#end})` : ''}${lastLines(this.#output)}`);
  }

  /** Sends SIGTERM and gives what it ended with. */
  async end(): Promise<string> {
    this.#isEnding = true;
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), END_DEADLINE_MS);
    return this.exited.finally(() => {
      clearTimeout(late);
    });
  }
}
