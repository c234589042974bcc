import type { Scheduler } from 'fast-check';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import type { Group } from '../../../lib/model/index.js';
import type { ApplyResult, Batch, SeriesStore } from '../../../lib/store/index.js';

/**
 * What becomes of a batch on its way: nothing bad; lost before the store or after it; or given up by the writer, while it
 * is still on its way and arrives at any later time.
 */
export type Fate = 'fine' | 'request lost' | 'reply lost' | 'late';

/** The way of one writer to the store. Requests and replies travel as long as the scheduler wants. */
export class FaultyLink {
  #cut = false;

  constructor(
    private readonly store: Pick<SeriesStore, 'apply'>,
    private readonly scheduler: Scheduler,
    private readonly nextFate: () => Fate,
    private readonly onApplied: () => Promise<void>,
  ) {}

  /** The writer has died: nothing it sends arrives, nothing comes back; what is on its way may. */
  cut(): void {
    this.#cut = true;
  }

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    if (this.#isCut()) return silence();
    const fate = this.nextFate();
    // What is sent cannot change on its way.
    const sent = structuredClone(batch);
    if (fate === 'late') {
      void this.#deliver(group, sent, 'late request');
      await this.scheduler.schedule(Promise.resolve(), 'time-out');
      throw unavailable();
    }
    const result = await (fate === 'request lost'
      ? this.scheduler.schedule(Promise.resolve(undefined), 'request lost')
      : this.#deliver(group, sent, 'request'));
    await this.scheduler.schedule(Promise.resolve(), fate === 'fine' ? 'reply' : 'time-out');
    if (this.#isCut()) return silence();
    if (fate !== 'fine' || result === undefined) throw unavailable();
    return result;
  }

  /** It may have changed while something was awaited. */
  #isCut(): boolean {
    return this.#cut;
  }

  async #deliver(group: Group, batch: Batch, label: string): Promise<ApplyResult> {
    await this.scheduler.schedule(Promise.resolve(), `${label} ${batch.sequence}`);
    const result = await this.store.apply(group, batch);
    await this.onApplied();
    return result;
  }
}

/** What a dead process waits for. */
function silence(): Promise<never> {
  return new Promise(() => undefined);
}

function unavailable(): StoreUnavailableError {
  return new StoreUnavailableError('Store unreachable: no answer');
}
