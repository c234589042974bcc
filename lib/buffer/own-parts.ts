import { randomBytes } from 'node:crypto';
import type { Group } from '../model/index.js';
import type { Confirmed, Processes } from '../store/index.js';
import type { DirtyList } from './accumulator.js';

/** How often a process with values of its own gives a sign of life; it may miss two (`PROCESS_SILENT_MS`). */
const SIGN_EVERY_MS = 5_000;
/** Short, since it stands beside each value. */
const NAME_BYTES = 8;

/** One of these values. */
export interface OwnPart {
  /** Sends it again. */
  change(): void;
  drop(): void;
  remove(): void;
  isOf(family: DirtyList): boolean;
}

/**
 * The values that this process has in gauges of processes of one group. They count while it gives signs of life; whenever the store
 * turns out not to have known of the last one, it gets all values again.
 */
export class OwnParts {
  #process = newName();
  readonly #all = new Set<OwnPart>();
  /** Those that were cleared in the store: they are not sent before they change. */
  readonly #resting = new Set<OwnPart>();
  /** What the store said of the last sign; undefined before the first. */
  #lastSign: number | undefined;
  /** By `performance.now()`. */
  #signedAt = -Infinity;
  #signing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    private readonly group: Group,
    private readonly processes: Processes,
    /** What the store is known to have. */
    private readonly confirmed: () => Confirmed,
  ) {}

  /** Name of this process beside its values. */
  get process(): string {
    return this.#process;
  }

  /** Whether the store has to be told when this process ends. */
  get hasSigned(): boolean {
    return this.#lastSign !== undefined;
  }

  add(part: OwnPart): void {
    this.#all.add(part);
    this.#resting.delete(part);
    if (this.#isOver) return;
    this.#timer ??= setInterval(() => void this.sign(), SIGN_EVERY_MS).unref();
  }

  delete(part: OwnPart): void {
    this.#all.delete(part);
    this.#resting.delete(part);
  }

  /** Does not send a value again before it changes. */
  rest(part: OwnPart): void {
    if (this.#all.delete(part)) this.#resting.add(part);
  }

  /** The store has forgotten the values of one family: they are sent again when they change. */
  clear(family: DirtyList): void {
    for (const part of this.#all) if (part.isOf(family)) part.drop();
  }

  /** Removes the values of one family, here and in the store. */
  remove(family: DirtyList): void {
    for (const part of [...this.#all, ...this.#resting]) if (part.isOf(family)) part.remove();
  }

  /** Whether a sign of life has to be given before values are sent. */
  get isSignDue(): boolean {
    return this.#all.size > 0 && performance.now() - this.#signedAt >= SIGN_EVERY_MS;
  }

  /** The store has lost what it had. It gets a sign of life, since without one no value counts, and then all values again. */
  async renew(): Promise<void> {
    this.#signedAt = -Infinity;
    await this.sign();
    this.#resend();
  }

  #resend(): void {
    for (const part of this.#all) part.change();
  }

  /** Another process uses the same name: this one is a copy, or was resumed from an older image. */
  becomeAnother(): void {
    this.#process = newName();
    this.#lastSign = undefined;
    this.#signedAt = -Infinity;
    this.#resend();
  }

  /** No sign of life any more; the values are left to run out. */
  stop(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** This process ends, and takes its values along. @throws StoreUnavailableError */
  async leave(): Promise<void> {
    this.stop();
    await this.#signing;
    if (this.hasSigned) await this.processes.leave(this.group, this.#process);
    this.#lastSign = undefined;
  }

  /**
   * Gives a sign of life, one at a time: a slow store must not be asked more and more. If it does not answer, whoever sends values will log
   * that; never rejects.
   */
  sign(): Promise<void> {
    if (this.#isOver || this.#all.size === 0) return Promise.resolve();
    return (this.#signing ??= this.#give().finally(() => (this.#signing = undefined)));
  }

  async #give(): Promise<void> {
    const process = this.#process;
    const begun = performance.now();
    try {
      const { sign, isKnown } = await this.processes.live(this.group, process, this.#lastSign, this.confirmed());
      if (process !== this.#process) return;
      this.#lastSign = sign;
      this.#signedAt = begun;
      if (!isKnown) this.#resend();
    } catch {
      // The store is away. The next sign tells whether it still knows this process.
    }
  }
}

function newName(): string {
  return randomBytes(NAME_BYTES).toString('base64url');
}
