import type { Scheduler } from 'fast-check';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import type { Group } from '../../../lib/model/index.js';
import type { ApplyResult, Batch, NumberResult, SeriesStore } from '../../../lib/store/index.js';

/**
 * What becomes of a batch on its way: nothing bad; lost before the store or after it; or given up by the writer, while it
 * is still on its way and arrives at any later time.
 */
export type Fate = 'fine' | 'request lost' | 'reply lost' | 'late';

/** The way of one writer to the store. Requests and replies travel as long as the scheduler wants. */
export class FaultyLink {
  #cut = false;

  constructor(
    private readonly store: Pick<SeriesStore, 'apply' | 'number'>,
    private readonly scheduler: Scheduler,
    private readonly nextFate: () => Fate,
    private readonly onApplied: () => Promise<void>,
  ) {}

  /** The writer has died: nothing it sends arrives, nothing comes back; what is on its way may. */
  cut(): void {
    this.#cut = true;
  }

  number(group: Group, writer: string, last: number): Promise<NumberResult> {
    return this.#ask(`number after ${last}`, () => this.store.number(group, writer, last));
  }

  apply(group: Group, batch: Batch): Promise<ApplyResult> {
    // What is sent cannot change on its way.
    const sent = structuredClone(batch);
    return this.#ask(`request ${batch.sequence}`, async () => {
      const result = await this.store.apply(group, sent);
      await this.onApplied();
      return result;
    });
  }

  async #ask<Result>(label: string, act: () => Promise<Result>): Promise<Result> {
    if (this.#isCut()) return silence();
    const fate = this.nextFate();
    if (fate === 'late') {
      void this.#deliver(act, `late ${label}`);
      await this.scheduler.schedule(Promise.resolve(), 'time-out');
      throw unavailable();
    }
    const result = await (fate === 'request lost'
      ? this.scheduler.schedule(Promise.resolve(undefined), 'request lost')
      : this.#deliver(act, label));
    await this.scheduler.schedule(Promise.resolve(), fate === 'fine' ? 'reply' : 'time-out');
    if (this.#isCut()) return silence();
    if (fate !== 'fine' || result === undefined) throw unavailable();
    return result;
  }

  /** It may have changed while something was awaited. */
  #isCut(): boolean {
    return this.#cut;
  }

  async #deliver<Result>(act: () => Promise<Result>, label: string): Promise<Result> {
    await this.scheduler.schedule(Promise.resolve(), label);
    return act();
  }
}

/** What a dead process waits for. */
function silence(): Promise<never> {
  return new Promise(() => undefined);
}

function unavailable(): StoreUnavailableError {
  return new StoreUnavailableError('Store unreachable: no answer');
}
