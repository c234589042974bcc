import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Group, ResolvedDefinition } from '../model/index.js';
import type { Processes, SeriesStore } from '../store/index.js';
import { BatchMaker } from './batch-maker.js';
import { BatchSender, type BufferListener } from './batch-sender.js';
import type { FamilyBuffer } from './family-buffer.js';
import { OwnParts } from './own-parts.js';
import type { StoreClock } from './store-clock.js';

/** How many batches are made at a time; that takes some milliseconds. */
const MADE_AT_ONCE = 20;
/**
 * After a flush the store is left alone for this many times the time of the flush: a process keeps it busy a tenth of the
 * time.
 */
const REST_TIMES = 9;
/** But for no more than this many flush intervals: that is what a process may lose that is killed. */
const LONGEST_REST_INTERVALS = 4;
const SAME_CLOCK = { aheadMs: 0, learn: () => Promise.resolve() };
const ALL_LIVE: Processes = {
  live: () => Promise.resolve({ sign: 0, isKnown: true }),
  leave: () => Promise.resolve(),
};
const LONGEST_RETRY_DELAY_MS = 1_000;
const CLOSE_RETRY_DELAY_MS = 100;
/** At the end of a process: longest time of an attempt with little to lose. */
const SHORT_ATTEMPT_MS = 200;

/**
 * The changes of one group that wait for the store: when they are sent. What is not sent yet adds up in its accumulators: memory
 * is bounded by the number of series.
 */
export class UpdateBuffer {
  /** The values of this process in gauges of processes. */
  readonly parts: OwnParts;
  readonly #maker: BatchMaker;
  readonly #sender: BatchSender;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** By `performance.now()`. */
  #restsUntil = 0;
  /** Since when the oldest change waits that is not stored, by `performance.now()`. */
  #waitsSince: number | undefined;
  #longestWaitMs = 0;
  #isClosed = false;
  #isStopped = false;
  /** The application is still starting: a store that is away must not keep its process alive if it fails to. */
  #isStarting = false;

  constructor(
    readonly group: Group,
    store: SeriesStore,
    /** `Infinity`: nothing is sent by itself. */
    private readonly flushIntervalMs: number,
    listener: BufferListener,
    /** Default: the store's clock is this process' own. */
    private readonly clock: Pick<StoreClock, 'aheadMs' | 'learn'> = SAME_CLOCK,
    /** Default: nobody asks which processes live. */
    processes: Processes = ALL_LIVE,
  ) {
    const parts = (this.parts = new OwnParts(group, processes, () => this.#sender.confirmed));
    this.#maker = new BatchMaker(() => {
      this.#schedule();
    }, parts);
    const telling: BufferListener = {
      ...listener,
      lost: async (batches) => {
        await listener.lost(batches);
        await parts.renew();
      },
      copied: () => {
        parts.becomeAnother();
        listener.copied();
      },
    };
    this.#sender = new BatchSender(group, store, telling, (family) => this.#maker.definitionOf(family));
  }

  /** Until {@link started}, what the store did not take at once keeps the process alive no longer. */
  starting(): void {
    this.#isStarting = true;
  }

  started(): void {
    this.#isStarting = false;
    this.#timer?.ref();
  }

  /** The buffer of a family; its definition goes to the store with the next batch. */
  family(definition: ResolvedDefinition): FamilyBuffer {
    return this.#maker.family(definition);
  }

  /** The store did not answer when it was last asked. */
  get isAway(): boolean {
    return this.#sender.failures > 0;
  }

  /** What the store knows of, or will know of after the batch that is under way. */
  get definitions(): ResolvedDefinition[] {
    return this.#maker.definitions;
  }

  /**
   * Resolves when every change made before the call is in the store.
   * @throws StoreUnavailableError if the store does not answer now; the changes stay and are sent later.
   */
  async flush(): Promise<void> {
    // A flush that is already running may have missed some changes; the next one takes them all.
    if (this.#flushing) await this.#flushing.catch(() => undefined);
    await this.#flushNow();
  }

  /**
   * Forgets what is stored for the group, or for one of its families, and what waits of it; definitions and later changes
   * are sent again.
   */
  clear(name?: string): void {
    this.#maker.clear(name);
  }

  /**
   * Sends what waits, for `deadlineMs` at the most, and stops. Tries again only if something was counted, and the store is one
   * that was reached before. Resolves to the number of series of which something could not be stored, which nobody else is
   * told of any more. What changes later is sent by the next call.
   * @param wasReached Whether the store has ever let this process in. Default: it has.
   */
  async close(deadlineMs: number, wasReached: () => boolean = () => true): Promise<number> {
    if (this.#isStopped) return 0;
    const end = Date.now() + deadlineMs;
    this.#sender.isQuiet = true;
    for (;;) {
      const isWorthTime = this.#hasChanges && (wasReached() || !this.isAway);
      const timeLeft = Math.max(end - Date.now(), 0);
      const isFlushed = await this.#flushWithin(isWorthTime ? timeLeft : Math.min(timeLeft, SHORT_ATTEMPT_MS));
      const goesOn = isFlushed ? this.#hasWork : this.#hasChanges && wasReached();
      if (!goesOn || Date.now() >= end) break;
      if (!isFlushed) await wait(Math.min(CLOSE_RETRY_DELAY_MS, end - Date.now()));
    }
    this.#isClosed = true;
    // Also if the store is away: a process that ends gives no sign of life.
    this.parts.stop();
    clearTimeout(this.#timer);
    return this.waiting;
  }

  /** False if the store has not taken everything by then. */
  #flushWithin(ms: number): Promise<boolean> {
    const flush = this.flush().then(
      () => true,
      () => false,
    );
    return Promise.race([flush, wait(ms, false, { ref: false })]);
  }

  /** Stops and sends nothing more by itself: for a process that only looks. */
  stop(): void {
    this.#isStopped = true;
    this.parts.stop();
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** In how many series something was counted that is not stored. */
  get waiting(): number {
    return this.#sender.waiting + this.#maker.waiting;
  }

  /** How long a change has waited at the most since the last call, in milliseconds: also one that still waits. */
  takeLongestWaitMs(): number {
    const longest = Math.max(
      this.#longestWaitMs,
      this.#waitsSince === undefined ? 0 : performance.now() - this.#waitsSince,
    );
    this.#longestWaitMs = 0;
    return longest;
  }

  get #hasWork(): boolean {
    return this.#sender.length > 0 || this.#maker.hasWork;
  }

  get #hasChanges(): boolean {
    return this.#sender.hasChanges || this.#maker.hasChanges;
  }

  #schedule(): void {
    this.#waitsSince ??= performance.now();
    if (this.#timer !== undefined || this.#flushing !== undefined || this.#isClosed) return;
    if (this.flushIntervalMs === Infinity) return;
    const { failures } = this.#sender;
    const retryDelay = Math.min(this.flushIntervalMs * 2 ** failures, LONGEST_RETRY_DELAY_MS);
    this.#timer = setTimeout(
      () => {
        this.#flushNow().catch(() => undefined);
      },
      Math.max(this.flushIntervalMs, failures > 0 ? retryDelay : this.#restsUntil - performance.now()),
    );
    if (this.#isStarting && failures > 0) this.#timer.unref();
  }

  #flushNow(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const begun = performance.now();
    this.#flushing ??= this.#sendTimed().finally(() => {
      this.#flushing = undefined;
      const rest = Math.min((performance.now() - begun) * REST_TIMES, this.flushIntervalMs * LONGEST_REST_INTERVALS);
      this.#restsUntil = performance.now() + rest;
      if (this.#hasWork) this.#schedule();
    });
    return this.#flushing;
  }

  async #sendTimed(): Promise<void> {
    const since = this.#waitsSince;
    this.#waitsSince = undefined;
    try {
      await this.#sendAll();
    } catch (error) {
      this.#waitsSince = since ?? this.#waitsSince;
      throw error;
    }
    if (since !== undefined) this.#longestWaitMs = Math.max(this.#longestWaitMs, performance.now() - since);
  }

  async #sendAll(): Promise<void> {
    while (this.#sender.length > 0) await this.#sender.sendFirst();
    // A process whose clock is ahead would take what all others observe for old.
    if (!this.isAway && this.#maker.goesByClock) await this.clock.learn(this.group);
    if (!this.isAway && this.parts.isSignDue) await this.parts.sign();
    this.#maker.begin();
    // Each batch is made before the one before it is sent: see SeriesStore.number.
    for (let isMore = this.#make(); this.#sender.length > 0;) {
      if (isMore) isMore = await this.#makeNext();
      await this.#sender.sendFirst();
    }
  }

  /**
   * Makes up the next batch, and if values take the place of others all that this takes. Only the writer that has filled such
   * values can show them, so these batches have numbers that follow on each other: after a lost reply none of them asks for a
   * number, which could make it another writer's.
   */
  async #makeNext(): Promise<boolean> {
    for (;;) {
      if (this.#maker.isReplacing) this.#sender.keepTogether();
      if (!this.#make()) return false;
      if (!this.#maker.isReplacing) return true;
      if (this.#sender.length % MADE_AT_ONCE === 0) await nextTurn();
    }
  }

  /** False if there is nothing more to send. */
  #make(): boolean {
    const batch = this.#maker.make(this.clock.aheadMs);
    if (batch) this.#sender.add(batch);
    return batch !== undefined;
  }
}
