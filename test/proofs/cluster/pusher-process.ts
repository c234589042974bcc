import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../../support/run-node.js';
import { waitFor } from '../../support/wait-for.js';
import type { News, Order, PusherPlan } from './pusher.js';

const KEPT_OUTPUT = 64 * 1024;
const END_DEADLINE_MS = 10_000;

/** The text of each job, in the order of the jobs. */
type Texts = readonly string[];

/** What became of a push that was ordered; `code` is that of its error. */
export interface OrderedPush {
  readonly job: string;
  readonly gateway: string;
  readonly outcome: 'pushed' | 'skipped' | 'failed';
  readonly reason?: string;
  readonly code?: string;
}

/** A pusher, seen from its parent: commanded, frozen, killed. */
export class PusherProcess {
  /** What it was told to count. */
  counted = 0;
  /** What it said is stored. */
  stored = 0;
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (value: unknown) => void>();
  #asked = 0;
  #output = '';

  private constructor(
    readonly name: string,
    plan: PusherPlan,
  ) {
    this.#child = fork(`${ROOT}dist/test/proofs/cluster/pusher.js`, [JSON.stringify(plan)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child.on('message', (news: News) => {
      this.#hear(news);
    });
    // A channel to a process that has just been killed.
    this.#child.on('error', () => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
      });
    }
  }

  /** Resolves once it counts and pushes. */
  static async start(name: string, plan: PusherPlan): Promise<PusherProcess> {
    const pusher = new PusherProcess(name, plan);
    const exited = once(pusher.#child, 'exit').then(() => {
      throw new Error(`Pusher ${name} did not start:\n${pusher.output()}`);
    });
    await Promise.race([once(pusher.#child, 'message'), exited]);
    exited.catch(() => undefined);
    return pusher;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  output(): string {
    return this.#output;
  }

  count(amount: number): void {
    if (!this.isAlive) return;
    this.counted += amount;
    this.#order({ kind: 'count', amount });
  }

  begin(amount: number): void {
    this.#order({ kind: 'begin', amount });
  }

  async push(): Promise<readonly OrderedPush[]> {
    return (await this.#ask('push')) as readonly OrderedPush[];
  }

  /** What the store holds; undefined if it cannot be read just now. */
  async read(): Promise<Texts | undefined> {
    return (await this.#ask('read')) as Texts | undefined;
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** As `kill -9`. */
  async crash(): Promise<void> {
    this.#signal('SIGKILL');
    await waitFor(() => !this.isAlive, { message: `pusher ${this.name} to be dead`, intervalMs: 5 });
  }

  /** As at a deploy: what it has counted is stored first. */
  async stop(): Promise<void> {
    if (!this.isAlive) return;
    this.thaw();
    const exited = once(this.#child, 'exit');
    this.#order({ kind: 'end' });
    const deadline = setTimeout(() => {
      this.#signal('SIGKILL');
    }, END_DEADLINE_MS);
    await exited;
    clearTimeout(deadline);
  }

  /** Not by `child.kill`, after which Node takes the process for ended whatever the signal was. */
  #signal(signal: NodeJS.Signals): void {
    if (this.isAlive) process.kill(this.#child.pid as number, signal);
  }

  #ask(kind: 'push' | 'read'): Promise<unknown> {
    const id = (this.#asked += 1);
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#child.once('exit', () => {
        resolve(undefined);
      });
      this.#order({ kind, id });
    });
  }

  #order(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  #hear(news: News): void {
    if (news.kind === 'stored') this.stored = Math.max(this.stored, news.total);
    if (news.kind !== 'answer') return;
    this.#answers.get(news.id)?.(news.value);
    this.#answers.delete(news.id);
  }
}
