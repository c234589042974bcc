import { PackageLogger } from '../log/package-logger.js';
import { definitionShape, type Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import type { BufferListener } from './batch-sender.js';
import { ShapeKeeper } from './shape-keeper.js';
import { StoreClock } from './store-clock.js';
import { StoreWatch } from './store-watch.js';
import { UpdateBuffer } from './update-buffer.js';

/** Told of what becomes of the counts of a job. */
export interface BuffersListener {
  /** The store did not answer, once more. */
  storeFailed(job: string): void;
  storeAnswered(job: string): void;
  /** Another shape of a metric is shown; what this process counts of it waits. */
  clashed(job: string, metric: string, shape: string): void;
  /** It waits no longer. */
  clashIsOver(job: string, metric: string): void;
}

/** The buffers of this process, one per job. */
export class UpdateBuffers {
  readonly #buffers: ReadonlyMap<string, UpdateBuffer>;
  readonly clock: StoreClock;
  readonly #watch: StoreWatch;
  readonly #shapes: ShapeKeeper;

  constructor(
    groups: readonly Group[],
    private readonly store: Store,
    flushIntervalMs: number,
    /** Default: nobody. */
    listener?: BuffersListener,
  ) {
    const logger = new PackageLogger();
    this.clock = new StoreClock(store.ledgers);
    const watch = (this.#watch = new StoreWatch(store.address, logger));
    const listenerOf = (job: string): BufferListener => ({
      storeFailed: (error) => {
        watch.failed(job, error);
        listener?.storeFailed(job);
      },
      storeAnswered: () => {
        watch.answered(job);
        listener?.storeAnswered(job);
      },
      waits: (definition) => {
        this.#shapes.waits(job, definition.name, definitionShape(definition));
      },
      failed: (family, reason) => {
        logger.error(`Metric "${family}" of job "${job}" cannot be stored, what had changed of it is lost: ${reason}`);
      },
      torn: (reason) => {
        logger.error(`Of job "${job}" up to 200 changes may be stored in part, which cannot be mended: ${reason}`);
      },
      lost: (batches) => {
        watch.lost(job, `the last ${batches} batches of this process`);
      },
      copied: () => {
        logger.warn(
          `Job "${job}": this process is a copy of another one, or was resumed from an older image. What was counted and ` +
            'not yet stored when the image was made is counted by both',
        );
      },
    });
    this.#buffers = new Map(
      groups.map((group) => [
        group.job,
        new UpdateBuffer(group, store.series, flushIntervalMs, listenerOf(group.job), this.clock, store.processes),
      ]),
    );
    this.#shapes = new ShapeKeeper([...this.#buffers.values()], store.shapes, logger, listener);
  }

  of(job: string): UpdateBuffer {
    const buffer = this.#buffers.get(job);
    if (!buffer) throw new RangeError(`no buffer for job "${job}"`);
    return buffer;
  }

  /** In how many series something was counted that is not stored. */
  get waiting(): number {
    return [...this.#buffers.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** How long a change has waited for the store at the most since the last call, in milliseconds. */
  takeLongestWaitMs(): number {
    return Math.max(...[...this.#buffers.values()].map((buffer) => buffer.takeLongestWaitMs()));
  }

  /** Says that the store has lost what it had, unless that has just been said. */
  tellLoss(job: string, what: string): void {
    this.#watch.lost(job, what);
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#buffers.values()].map((buffer) => buffer.flush()));
  }

  /** The application is still starting: see {@link UpdateBuffer.starting}. */
  starting(): this {
    for (const buffer of this.#buffers.values()) buffer.starting();
    return this;
  }

  started(): void {
    for (const buffer of this.#buffers.values()) buffer.started();
    this.#shapes.start();
  }

  /** Whether the store has to be told that this process ends: {@link leave}. */
  get havePartsStored(): boolean {
    return [...this.#buffers.values()].some(({ parts }) => parts.hasSigned);
  }

  /** This process ends, and takes its values in gauges of processes along. @throws StoreUnavailableError */
  async leave(): Promise<void> {
    await Promise.all([...this.#buffers.values()].map(({ parts }) => parts.leave()));
  }

  /** Stops without storing what was counted in this process: for one that only looks. */
  stop(): void {
    this.#shapes.stop();
    for (const buffer of this.#buffers.values()) buffer.stop();
  }

  /**
   * Sends what waits, for `deadlineMs` at the most, and much shorter if nothing was counted, or the store was never reached.
   * Resolves to the number of series, by job, of which something is not stored.
   */
  async close(deadlineMs: number): Promise<ReadonlyMap<string, number>> {
    this.#shapes.stop();
    const wasReached = (): boolean => this.store.wasReached;
    const left = [...this.#buffers].map(
      async ([job, buffer]) => [job, await buffer.close(deadlineMs, wasReached)] as const,
    );
    return new Map((await Promise.all(left)).filter(([, count]) => count > 0));
  }
}
