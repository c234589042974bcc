import type { MetricClashError } from '../errors/index.js';
import { PackageLogger } from '../log/package-logger.js';
import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import { StoreClock } from './store-clock.js';
import { StoreWatch } from './store-watch.js';
import { type BufferListener, UpdateBuffer } from './update-buffer.js';

/** The buffers of this process, one a job. */
export class UpdateBuffers {
  readonly #buffers: ReadonlyMap<string, UpdateBuffer>;
  readonly clock: StoreClock;

  constructor(groups: readonly Group[], store: Store, flushIntervalMs: number) {
    const logger = new PackageLogger();
    this.clock = new StoreClock(store.ledgers);
    const watch = new StoreWatch(store.address, logger);
    const listenerOf = (job: string): BufferListener => ({
      storeFailed: (error) => {
        watch.failed(job, error);
      },
      storeAnswered: () => {
        watch.answered(job);
      },
      clashed: (error: MetricClashError) => {
        logger.error(error.message);
      },
    });
    this.#buffers = new Map(
      groups.map((group) => [
        group.job,
        new UpdateBuffer(group, store.series, flushIntervalMs, listenerOf(group.job), this.clock),
      ]),
    );
  }

  of(job: string): UpdateBuffer {
    const buffer = this.#buffers.get(job);
    if (!buffer) throw new RangeError(`no buffer for job "${job}"`);
    return buffer;
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
  }

  /** Stops without storing what was counted in this process: for one that only looks. */
  stop(): void {
    for (const buffer of this.#buffers.values()) buffer.stop();
  }

  /** Sends what waits, for `deadlineMs` at the most. Resolves to the number of changed series, by job, that are not stored. */
  async close(deadlineMs: number): Promise<ReadonlyMap<string, number>> {
    const left = [...this.#buffers].map(async ([job, buffer]) => [job, await buffer.close(deadlineMs)] as const);
    return new Map((await Promise.all(left)).filter(([, count]) => count > 0));
  }
}
