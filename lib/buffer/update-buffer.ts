import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { MetricClashError } from '../errors/index.js';
import { definitionShape, type Group, type ResolvedDefinition } from '../model/index.js';
import type { Batch, Clash, FamilyUpdates, SeriesStore } from '../store/index.js';
import { byClockOfStore } from './by-clock-of-store.js';
import { FamilyBuffer } from './family-buffer.js';
import type { StoreClock } from './store-clock.js';

/** Updates in one call of the store: about one millisecond of Redis (two if all are new), in which nobody else is served. */
const BATCH_UPDATES = 200;
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
  clashed(error: MetricClashError): void;
}

/**
 * The changes of one group that wait for the store. One batch is under way at a time; a batch whose outcome is unknown
 * is sent again as it was, with its number, and the store refuses it if it had arrived. Meanwhile changes add up in
 * their accumulators: memory is bounded by the number of series.
 */
export class UpdateBuffer {
  readonly #families = new Map<string, FamilyBuffer>();
  readonly #writer = randomUUID();
  #sequence = 0;
  #underWay: Batch | undefined;
  /** What the next batch clears: families by name, or all. */
  #cleared: 'all' | Set<string> = new Set();
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

  /**
   * Resolves when every change made before the call is in the store.
   * @throws StoreUnavailableError if the store does not answer now; the changes stay and are sent later.
   * @throws MetricClashError if a family is stored with another shape.
   */
  async flush(): Promise<void> {
    // A flush already running may have passed some changes by; the next one takes them all.
    if (this.#flushing) await this.#flushing.catch(() => undefined);
    await this.#flushNow();
    for (const { clash } of this.#families.values()) if (clash) throw clash;
  }

  /**
   * Forgets what is stored for the group, or for one of its families, and what waits of it; definitions and later changes
   * are sent anew.
   */
  clear(name?: string): void {
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
    const underWay = this.#underWay?.families.reduce((sum, { updates }) => sum + updates.length, 0) ?? 0;
    return [...this.#families.values()].reduce((sum, { waiting }) => sum + waiting, underWay);
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
    if (this.#underWay) await this.#send(this.#underWay);
    // Slices of a summary are the store's: a process whose clock is ahead would take those of all others for old.
    const isSummary = ({ definition }: FamilyBuffer): boolean => definition.type === 'summary';
    if (this.#failures === 0 && [...this.#families.values()].some(isSummary)) await this.clock.learn(this.group);
    for (const family of this.#families.values()) family.begin();
    for (let batch = this.#nextBatch(); batch; batch = this.#nextBatch()) await this.#send(batch);
  }

  #nextBatch(): Batch | undefined {
    const definitions = [];
    const families: FamilyUpdates[] = [];
    let room = BATCH_UPDATES;
    for (const family of this.#families.values()) {
      if (room <= 0) break;
      const updates = family.take(room);
      if (updates) {
        families.push(byClockOfStore(updates, family.definition, this.clock.aheadMs));
        room -= updates.updates.length;
      }
      if (!family.isDefined && !family.clash) definitions.push(family.definition);
    }
    if (families.length === 0 && definitions.length === 0 && !this.#clears()) return undefined;
    const clear = this.#cleared === 'all' ? this.#cleared : [...this.#cleared];
    const batch = { writer: this.#writer, sequence: ++this.#sequence, clear, definitions, families };
    this.#cleared = new Set();
    return batch;
  }

  /** Sends a batch until the store has taken it, with the definitions it asks for and without the families it refuses. */
  async #send(batch: Batch): Promise<void> {
    for (let sending: Batch | undefined = batch; sending;) {
      this.#underWay = sending;
      const result = await this.#apply(sending);
      switch (result.outcome) {
        case 'undefined':
          sending = { ...sending, definitions: this.#definitionsFor(sending, result.families) };
          break;
        case 'clash':
          sending = this.#withoutClashes(sending, result.clashes);
          break;
        default:
          for (const { name } of sending.definitions) this.#mark(name);
          sending = undefined;
      }
    }
    this.#underWay = undefined;
  }

  async #apply(batch: Batch) {
    try {
      const result = await this.store.apply(this.group, batch);
      this.#failures = 0;
      this.listener.storeAnswered();
      return result;
    } catch (error) {
      this.#failures += 1;
      if (!this.#isClosing) this.listener.storeFailed(error as Error);
      throw error;
    }
  }

  #definitionsFor(batch: Batch, missing: readonly string[]): ResolvedDefinition[] {
    const known = missing.map((name) => (this.#families.get(name) as FamilyBuffer).definition);
    return [...batch.definitions, ...known];
  }

  #withoutClashes(batch: Batch, clashes: readonly Clash[]): Batch {
    for (const { family, storedShape } of clashes) {
      // What is stored is about to be cleared.
      if (this.#clears(family)) continue;
      const buffer = this.#families.get(family) as FamilyBuffer;
      const message =
        `Metric "${family}" of job "${this.group.job}" is a ${definitionShape(buffer.definition)} here, but another ` +
        `process stored it as a ${storedShape}: rename one of them, or forget the stored values with clear()`;
      buffer.clash = new MetricClashError(message);
      this.listener.clashed(buffer.clash);
    }
    const isFine = (name: string): boolean => !clashes.some(({ family }) => family === name);
    return {
      ...batch,
      definitions: batch.definitions.filter(({ name }) => isFine(name)),
      families: batch.families.filter(({ family }) => isFine(family)),
    };
  }

  /** Unless it was cleared while the batch was under way. */
  #mark(name: string): void {
    const family = this.#families.get(name);
    if (family && !this.#clears(name)) family.isDefined = true;
  }

  /** Whether the next batch clears a family, or anything at all. */
  #clears(name?: string): boolean {
    if (this.#cleared === 'all') return true;
    return name === undefined ? this.#cleared.size > 0 : this.#cleared.has(name);
  }

  #hasWork(): boolean {
    if (this.#underWay || this.#clears()) return true;
    return [...this.#families.values()].some((family) => family.hasWork());
  }
}
