import { type ChildProcess, fork } from 'node:child_process';

import { endOf } from './end-of.js';
import { ROOT } from './run-node.js';
import { waitFor } from './wait-for.js';
import type { WriterMessage, WriterOrder, WriterPlan } from './writer-messages.js';

type Kind = WriterMessage['kind'];
type Message<K extends Kind> = Extract<WriterMessage, { kind: K }>;

export interface WriterEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A process of the build (`npm run build`) that counts with an application of its own. */
export class Writer {
  readonly ended: Promise<WriterEnd>;
  readonly #child: ChildProcess;
  readonly #messages: WriterMessage[] = [];
  #end: WriterEnd | undefined;
  #stderr = '';

  private constructor(options: unknown, plan: WriterPlan) {
    this.#child = fork(
      `${ROOT}dist/test/support/processes/writer.js`,
      [JSON.stringify(options), JSON.stringify(plan)],
      {
        cwd: ROOT,
        execArgv: [],
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    this.#child.stderr?.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    this.#child.on('message', (message) => this.#messages.push(message as WriterMessage));
    this.ended = endOf(this.#child).then((end) => (this.#end = { ...end, stderr: this.#stderr }));
  }

  /** Starts a process with these module options; resolves when it counts. */
  static async start(options: unknown, plan: WriterPlan): Promise<Writer> {
    const writer = new Writer(options, plan);
    await writer.next('ready');
    return writer;
  }

  /** The latest message of a kind. */
  last<K extends Kind>(kind: K): Message<K> | undefined {
    return this.#messages.findLast((message) => message.kind === kind) as Message<K> | undefined;
  }

  all<K extends Kind>(kind: K): Message<K>[] {
    return this.#messages.filter((message) => message.kind === kind) as Message<K>[];
  }

  /** Increments it has told of. */
  get made(): number {
    return this.last('progress')?.made ?? 0;
  }

  /** Waits for the first message of a kind that has come since `from`. */
  async next<K extends Kind>(kind: K, { timeoutMs = 40_000, from = 0 } = {}): Promise<Message<K>> {
    return waitFor(
      () => {
        const message = this.#messages.slice(from).find((one) => one.kind === kind);
        if (!message && this.#end) throw new Error(`The writer has ended: ${JSON.stringify(this.#end)}`);
        return message as Message<K> | undefined;
      },
      { timeoutMs, intervalMs: 10, message: `"${kind}" from the writer; ${this.#stderr}` },
    );
  }

  /** Sends an order and waits for its answer. */
  async ask<K extends 'flushed' | 'memory' | 'finished'>(order: WriterOrder, answer: K): Promise<Message<K>> {
    const from = this.#messages.length;
    this.#child.send(order);
    return this.next(answer, { from });
  }

  /** Waits until it has made this many more increments: it goes on counting. */
  async counts(more: number): Promise<void> {
    const before = this.made;
    await waitFor(() => this.made >= before + more, { intervalMs: 10, message: `${more} more increments` });
  }

  /** Lets it store everything and end; rejects if it did not end well. */
  async finish(): Promise<Message<'finished'>> {
    const finished = await this.ask('finish', 'finished');
    const end = await this.ended;
    if (end.code !== 0 || end.stderr !== '') throw new Error(`The writer ended badly: ${JSON.stringify(end)}`);
    return finished;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }
}
