import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Group, ResolvedDefinition } from '../model/index.js';
import type { ApplyResult, Batch, FamilyUpdates, SeriesStore } from '../store/index.js';
import { byClockOfStore } from './by-clock-of-store.js';
import { FamilyBuffer } from './family-buffer.js';
import type { StoreClock } from './store-clock.js';

/** Updates of counters in one call of the store: about one millisecond of Redis (two if all are new), in which nobody else is served. */
const BATCH_WEIGHT = 200;
/** A definition is so much work, and more with so many buckets. */
const DEFINITION_WEIGHT = 4;
const BUCKETS_A_WEIGHT = 100;
/** Families whose new values one batch shows: whoever reads sees each at one stroke, not all of them. */
const SHOWN_AT_ONCE = 20;
/** So many batches are made up at a time: some milliseconds. */
const MADE_AT_ONCE = 20;
/** After a flush the store is left alone for so many times as long as it took: a process keeps it busy a tenth of the time. */
const REST_TIMES = 9;
/** But no longer than so many flush intervals: that is what a process that is killed may lose. */
const LONGEST_REST_INTERVALS = 4;
const SAME_CLOCK = { aheadMs: 0, learn: () => Promise.resolve() };
const LONGEST_RETRY_DELAY_MS = 1_000;
const CLOSE_RETRY_DELAY_MS = 100;

/** What a buffer tells of its store and of families it cannot write. */
export interface BufferListener {
  storeFailed(error: Error): void;
  storeAnswered(): void;
  /** Another shape of a family is shown; what this process counts of it waits. */
  waits(definition: ResolvedDefinition): void;
  /** A family could not be written: what had changed of it is lost. */
  failed(family: string, reason: string): void;
  /** A part of a batch was stored, and nobody knows which. */
  torn(reason: string): void;
  /** The store has lost this many batches of this process, which it had confirmed. */
  lost(batches: number): void;
  /** This process is a copy of another one, or was resumed from an older image. */
  copied(): void;
}

/** A batch without its writer, and at first without a number. */
type MadeBatch = Required<Pick<Batch, 'clear' | 'definitions' | 'families' | 'show'>> & {
  readonly sequence?: number;
  /** It begins what the next one goes on with, and that one was made up before this one had a number: it has the next number. */
  readonly leads?: boolean;
};

/**
 * The changes of one group that wait for the store. One batch is under way at a time; a batch whose outcome is unknown
 * is sent again as it was, with its number, and the store refuses it if it had arrived. The store gives the numbers, each when
 * its batch is made up: two processes that were resumed from one image never share a number for unlike batches. Meanwhile
 * changes add up in their accumulators: memory is bounded by the number of series.
 */
export class UpdateBuffer {
  readonly #families = new Map<string, FamilyBuffer>();
  #writer: string = randomUUID();
  /** The last batch of the writer that the store has applied. */
  #applied = 0;
  /** What is to be cleared: families by name, or all. */
  #cleared: 'all' | Set<string> = new Set();
  /** Families whose new values are in the store, but not shown yet. */
  readonly #filled = new Map<string, FamilyUpdates>();
  /** Batches that are made up, in their order. The first may have a number already, and may have been sent. */
  readonly #made: MadeBatch[] = [];
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  /** By `performance.now()`. */
  #restsUntil = 0;
  #isClosed = false;
  #isStopped = false;
  #isClosing = false;
  /** The application is still starting: a store that is away must not keep its process alive if it fails to. */
  #isStarting = false;

  constructor(
    readonly group: Group,
    private readonly store: SeriesStore,
    private readonly flushIntervalMs: number,
    private readonly listener: BufferListener,
    /** Default: the store's clock is this process' own. */
    private readonly clock: Pick<StoreClock, 'aheadMs' | 'learn'> = SAME_CLOCK,
  ) {}

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
    let family = this.#families.get(definition.name);
    if (family === undefined) {
      family = new FamilyBuffer(definition, () => {
        this.#schedule();
      });
      this.#families.set(definition.name, family);
      this.#schedule();
    }
    return family;
  }

  /** The store did not answer when it was last asked. */
  get isAway(): boolean {
    return this.#failures > 0;
  }

  /** What the store knows of, or will with the batch that is under way. */
  get definitions(): ResolvedDefinition[] {
    return [...this.#families.values()].filter(({ isDefined }) => isDefined).map(({ definition }) => definition);
  }

  /**
   * Resolves when every change made before the call is in the store.
   * @throws StoreUnavailableError if the store does not answer now; the changes stay and are sent later.
   */
  async flush(): Promise<void> {
    // A flush already running may have passed some changes by; the next one takes them all.
    if (this.#flushing) await this.#flushing.catch(() => undefined);
    await this.#flushNow();
  }

  /**
   * Forgets what is stored for the group, or for one of its families, and what waits of it; definitions and later changes
   * are sent anew.
   */
  clear(name?: string): void {
    for (const filled of this.#filled.keys()) if (name === undefined || filled === name) this.#filled.delete(filled);
    if (name === undefined) this.#cleared = 'all';
    else if (this.#cleared !== 'all') this.#cleared.add(name);
    for (const family of this.#families.values()) {
      if (name === undefined || family.definition.name === name) family.clear();
    }
    this.#schedule();
  }

  /**
   * Sends what waits, for `deadlineMs` at the most, and stops. Resolves to the number of changed series that could not be
   * stored, which nobody else is told of any more. What changes later is sent by the next call.
   */
  async close(deadlineMs: number): Promise<number> {
    if (this.#isStopped) return 0;
    const end = Date.now() + deadlineMs;
    this.#isClosing = true;
    do {
      const timeLeft = wait(Math.max(end - Date.now(), 0), undefined, { ref: false });
      await Promise.race([this.flush().catch(() => wait(CLOSE_RETRY_DELAY_MS)), timeLeft]);
    } while (this.#hasWork() && Date.now() < end);
    this.#isClosed = true;
    clearTimeout(this.#timer);
    return this.#waiting();
  }

  #waiting(): number {
    const made = this.#made.flatMap(({ families }) => families).reduce((sum, { updates }) => sum + updates.length, 0);
    return [...this.#families.values()].reduce((sum, { waiting }) => sum + waiting, made);
  }

  /** Stops and sends nothing more by itself: for a process that only looks. */
  stop(): void {
    this.#isStopped = true;
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#flushing !== undefined || this.#isClosed) return;
    const retryDelay = Math.min(this.flushIntervalMs * 2 ** this.#failures, LONGEST_RETRY_DELAY_MS);
    this.#timer = setTimeout(
      () => {
        this.#flushNow().catch(() => undefined);
      },
      Math.max(this.flushIntervalMs, this.#failures > 0 ? retryDelay : this.#restsUntil - performance.now()),
    );
    if (this.#isStarting && this.#failures > 0) this.#timer.unref();
  }

  #flushNow(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const begun = performance.now();
    this.#flushing ??= this.#sendAll().finally(() => {
      this.#flushing = undefined;
      const rest = Math.min((performance.now() - begun) * REST_TIMES, this.flushIntervalMs * LONGEST_REST_INTERVALS);
      this.#restsUntil = performance.now() + rest;
      if (this.#hasWork()) this.#schedule();
    });
    return this.#flushing;
  }

  async #sendAll(): Promise<void> {
    while (this.#made.length > 0) await this.#sendFirst();
    // Slices of a summary are the store's: a process whose clock is ahead would take those of all others for old.
    const isSummary = ({ definition }: FamilyBuffer): boolean => definition.type === 'summary';
    if (this.#failures === 0 && [...this.#families.values()].some(isSummary)) await this.clock.learn(this.group);
    for (const family of this.#families.values()) family.begin();
    // Each is made up before the one before it is sent: see SeriesStore.number.
    for (let isMore = this.#make(); this.#made.length > 0;) {
      if (isMore) isMore = await this.#makeNext();
      await this.#sendFirst();
    }
  }

  /**
   * What is filled can be shown by its writer only. So all batches that replace something are made up before the first of
   * them has a number, and their numbers follow on each other: a lost reply makes nobody ask for one, and become another writer.
   */
  async #makeNext(): Promise<boolean> {
    for (;;) {
      const last = this.#made.length - 1;
      if (this.#isReplacing()) this.#made[last] = { ...(this.#made[last] as MadeBatch), leads: true };
      if (!this.#make()) return false;
      if (!this.#isReplacing()) return true;
      if (this.#made.length % MADE_AT_ONCE === 0) await nextTurn();
    }
  }

  #isReplacing(): boolean {
    return this.#clears() || this.#filled.size > 0 || [...this.#families.values()].some(({ isFilling }) => isFilling);
  }

  /** Makes up the next batch; false if there is nothing more to send. */
  #make(): boolean {
    const families: FamilyUpdates[] = [];
    const definitions = this.#takeDefinitions();
    let room = BATCH_WEIGHT;
    for (const family of this.#families.values()) {
      if (room <= 0) break;
      // Its definition comes with a later batch.
      if (!family.isDefined && !this.#clears(family.definition.name)) continue;
      const taken = family.take(room, families.length === 0);
      if (!taken) continue;
      families.push(byClockOfStore(taken.updates, family.definition, this.clock.aheadMs));
      room -= taken.weight;
      if (family.hasMore || !family.isFilling) continue;
      family.isFilling = false;
      this.#filled.set(taken.updates.family, taken.updates);
    }
    const isLast = ![...this.#families.values()].some(
      ({ hasMore, isDefined, definition }) => hasMore || (!isDefined && !this.#clears(definition.name)),
    );
    if (isLast) definitions.push(...this.#definitionsOfCleared());
    const batch = { ...this.#atOneStroke(isLast), definitions, families };
    if (families.length + definitions.length + batch.show.length === 0 && batch.clear.length === 0) return false;
    this.#made.push(batch);
    return true;
  }

  /** What is cleared goes, and what replaces it is shown, with the last batch of a flush: nobody sees the one without the other. */
  #atOneStroke(isLast: boolean): Required<Pick<Batch, 'clear' | 'show'>> {
    if (this.#clears() && !isLast) return { clear: [], show: [] };
    const clear = this.#cleared === 'all' ? this.#cleared : [...this.#cleared];
    for (const family of this.#families.values()) family.cleared();
    const shown = [...this.#filled.values()].slice(0, this.#clears() ? Infinity : SHOWN_AT_ONCE);
    for (const { family } of shown) this.#filled.delete(family);
    this.#cleared = new Set();
    return { clear, show: shown.map(({ family, shape }) => ({ family, shape })) };
  }

  /** Definitions that are in no batch yet, as many as one may have beside its updates. */
  #takeDefinitions(): ResolvedDefinition[] {
    const definitions: ResolvedDefinition[] = [];
    let weight = 0;
    for (const family of this.#families.values()) {
      const { definition, isDefined } = family;
      if (weight >= BATCH_WEIGHT) break;
      if (isDefined || this.#clears(definition.name)) continue;
      family.isDefined = true;
      definitions.push(definition);
      weight += DEFINITION_WEIGHT + Math.floor(definition.buckets.length / BUCKETS_A_WEIGHT);
    }
    return definitions;
  }

  /** Of those whose new values are shown by the batch that clears. The others' come after it. */
  #definitionsOfCleared(): ResolvedDefinition[] {
    return [...this.#filled.keys()].flatMap((name) => {
      const family = this.#families.get(name) as FamilyBuffer;
      if (family.isDefined || !this.#clears(name)) return [];
      family.isDefined = true;
      return [family.definition];
    });
  }

  /** Sends the first batch until the store has taken it: with what it asks for, and without what it refuses. */
  async #sendFirst(): Promise<void> {
    let batch = this.#made[0] as MadeBatch;
    while (this.#made.length > 0) {
      const sequence = batch.sequence ?? (await this.#number(batch));
      this.#made[0] = batch = { ...batch, sequence };
      const wantsNext = this.#made.length > 1;
      const result = await this.#ask(() =>
        this.store.apply(this.group, { ...batch, sequence, writer: this.#writer, wantsNext }),
      );
      switch (result.outcome) {
        case 'undefined':
          batch = { ...batch, definitions: this.#definitionsFor(batch, result.families) };
          break;
        case 'failed':
          batch = { ...this.#without(batch, result.family), definitions: batch.definitions };
          this.listener.failed(result.family, result.reason);
          break;
        case 'behind':
          batch = this.#beginAnew(batch, result.applied);
          break;
        default:
          if (result.outcome === 'torn') this.listener.torn(result.reason);
          if (result.outcome === 'applied') this.#tellWaiting(result.beside ?? []);
          this.#done(sequence, nextOf(result, sequence, batch));
          return;
      }
      this.#made[0] = batch;
    }
  }

  /** The number of a batch, which may make the writer another one. */
  async #number(batch: MadeBatch): Promise<number> {
    for (;;) {
      const result = await this.#ask(() => this.store.number(this.group, this.#writer, this.#applied));
      if (result.outcome === 'behind') {
        this.#beginAnew(batch, result.applied);
        continue;
      }
      const { writer, sequence, isCopy } = result;
      if (isCopy) this.listener.copied();
      this.#writer = writer;
      this.#applied = sequence - 1;
      return sequence;
    }
  }

  /** The store is older than it was: to it this is another writer. */
  #beginAnew({ sequence: _, ...batch }: MadeBatch, applied: number): MadeBatch {
    this.listener.lost(this.#applied - applied);
    this.#writer = randomUUID();
    this.#applied = 0;
    return batch;
  }

  #done(sequence: number, next: number | undefined): void {
    this.#applied = sequence;
    this.#made.shift();
    const [following] = this.#made;
    if (following && next !== undefined) this.#made[0] = { ...following, sequence: next };
  }

  async #ask<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      const result = await ask();
      this.#failures = 0;
      this.listener.storeAnswered();
      return result;
    } catch (error) {
      this.#failures += 1;
      if (!this.#isClosing) this.listener.storeFailed(error as Error);
      throw error;
    }
  }

  #definitionsFor(batch: MadeBatch, missing: readonly string[]): ResolvedDefinition[] {
    const known = missing.map((name) => (this.#families.get(name) as FamilyBuffer).definition);
    return [...batch.definitions, ...known];
  }

  #tellWaiting(names: readonly string[]): void {
    for (const name of names) {
      const family = this.#families.get(name);
      if (family) this.listener.waits(family.definition);
    }
  }

  #without(batch: MadeBatch, name: string): MadeBatch {
    return {
      ...batch,
      definitions: batch.definitions.filter((definition) => definition.name !== name),
      families: batch.families.filter(({ family }) => family !== name),
      show: batch.show.filter(({ family }) => family !== name),
    };
  }

  /** Whether a family, or anything at all, is to be cleared. */
  #clears(name?: string): boolean {
    if (this.#cleared === 'all') return true;
    return name === undefined ? this.#cleared.size > 0 : this.#cleared.has(name);
  }

  #hasWork(): boolean {
    if (this.#made.length > 0 || this.#filled.size > 0 || this.#clears()) return true;
    return [...this.#families.values()].some((family) => family.hasWork());
  }
}

/** The number of the batch that follows, if it has one: an answer that got lost had told it. */
function nextOf(result: ApplyResult, sequence: number, { leads = false }: MadeBatch): number | undefined {
  if (result.outcome === 'seen' && leads) return sequence + 1;
  return result.outcome === 'applied' ? result.next : undefined;
}
