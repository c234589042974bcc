import type { Scheduler } from 'fast-check';
import { StoreUnavailableError } from '../../../../lib/errors/index.js';
import type { Group } from '../../../../lib/model/index.js';
import type { ApplyResult, Batch, NumberResult, SeriesStore } from '../../../../lib/store/index.js';
import { digitsOf, type History } from './group-history.js';

/**
 * What becomes of a request on its way: nothing bad; lost before the store or after it; given up by the writer, while it is
 * still on its way and arrives at any later time; or it arrives, and its command of this number fails.
 */
export type Fate = 'fine' | 'request lost' | 'reply lost' | 'late' | { readonly failsAt: number };

/** A store that can be told to fail at a command, and then is as it was. */
export interface FailingStore extends Pick<SeriesStore, 'read'> {
  number(group: Group, writer: string, last: number, failsAt?: number): Promise<NumberResult>;
  apply(group: Group, batch: Batch, failsAt?: number): Promise<ApplyResult>;
}

/** What a buffer asks of a store. */
export type Link = Pick<SeriesStore, 'apply' | 'number'>;

/** The way of one writer to the store. Requests and replies travel as long as the scheduler wants. */
export class FaultyLink implements Link {
  #cut = false;

  constructor(
    private readonly store: FailingStore,
    private readonly scheduler: Scheduler,
    private readonly nextFate: () => Fate,
    private readonly history: History,
    private readonly onApplied: () => Promise<void>,
  ) {}

  /** The writer has died: nothing it sends arrives, nothing comes back; what is on its way may. */
  cut(): void {
    this.#cut = true;
  }

  number(group: Group, writer: string, last: number): Promise<NumberResult> {
    return this.#ask(`number after ${last}`, (failsAt) => this.store.number(group, writer, last, failsAt));
  }

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    // What is sent cannot change on its way.
    const sent = structuredClone(batch);
    const digits = additionsIn(sent.families);
    this.history.sent(digits);
    const result = await this.#ask(`request ${batch.sequence}`, async (failsAt) => {
      const from = this.history.now();
      const reply = await this.store.apply(group, sent, failsAt);
      const to = this.history.now();
      await this.onApplied();
      return { ...reply, from, to };
    });
    const { outcome, from, to } = result;
    if (outcome !== 'applied' && outcome !== 'seen') return result;
    this.history.taken(digits, from, to);
    // What is filled is shown with the last batch of a flush.
    this.history.confirmed(additionsIn(sent.families.filter(({ mode }) => mode === undefined)));
    return result;
  }

  async #ask<Result>(label: string, act: (failsAt?: number) => Promise<Result>): Promise<Result> {
    if (this.#isCut()) return silence();
    const fate = this.nextFate();
    if (fate === 'late') {
      void this.#deliver(act, `late ${label}`);
      await this.scheduler.schedule(Promise.resolve(), 'time-out');
      if (this.#isCut()) return silence();
      throw unavailable();
    }
    if (typeof fate === 'object') return this.#fail(label, () => act(fate.failsAt));
    const result = await (fate === 'request lost'
      ? this.scheduler.schedule(Promise.resolve(undefined), 'request lost')
      : this.#deliver(act, label));
    await this.scheduler.schedule(Promise.resolve(), fate === 'fine' ? 'reply' : 'time-out');
    if (this.#isCut()) return silence();
    if (fate !== 'fine' || result === undefined) throw unavailable();
    return result;
  }

  /** What the store says then is an answer, too. */
  async #fail<Result>(label: string, act: () => Promise<Result>): Promise<Result> {
    const answer = await this.#deliver(act, `failing ${label}`).catch((error: unknown) => error as Error);
    await this.scheduler.schedule(Promise.resolve(), 'reply');
    if (this.#isCut()) return silence();
    if (answer instanceof Error) throw answer;
    return answer;
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

function additionsIn(families: Batch['families']): Set<number> {
  const updates = families.flatMap(({ updates: all }) => all);
  const sums = updates.map((update) => (update.op === 'add' ? update.value : update.op === 'observe' ? update.sum : 0));
  return new Set(sums.flatMap(digitsOf));
}

/** What a dead process waits for. */
function silence(): Promise<never> {
  return new Promise(() => undefined);
}

function unavailable(): StoreUnavailableError {
  return new StoreUnavailableError('Store unreachable: no answer');
}
