import { type BufferListener, type FamilyBuffer, NumberAccumulator, UpdateBuffer } from '../../../lib/buffer/index.js';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import { type Group, resolveDefinition, type ResolvedDefinition, type Series } from '../../../lib/model/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import type { ApplyResult, Batch, SeriesStore } from '../../../lib/store/index.js';

export const group: Group = { job: 'shop', instance: 'host', labels: {} };
export const counter = resolveDefinition({
  name: 'orders_total',
  help: 'Orders',
  type: 'counter',
  labelNames: ['type'],
});
export const gauge = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' });

/** Longer than any test: batches go when the test flushes. */
export const NEVER_MS = 3_600_000;

type Answer = (batch: Batch, apply: () => Promise<ApplyResult>) => Promise<ApplyResult>;

/** A store in memory that notes every batch, and answers what the test says before it answers by itself. */
export class ScriptedStore extends MemoryStore {
  readonly batches: Batch[] = [];
  readonly #answers: Answer[] = [];
  #isAway: (job: string) => boolean = () => false;

  constructor() {
    super();
    const store: SeriesStore = this.series;
    const apply = store.apply.bind(store);
    store.apply = (to, batch) => this.#answer(to, batch, () => apply(to, batch));
    const number = store.number.bind(store);
    store.number = async (to, writer, last) => {
      if (this.#isAway(to.job)) throw unavailable();
      return number(to, writer, last);
    };
  }

  async #answer(to: Group, batch: Batch, apply: () => Promise<ApplyResult>): Promise<ApplyResult> {
    this.batches.push(structuredClone(batch));
    if (this.#isAway(to.job)) throw unavailable();
    return (this.#answers.shift() ?? ((_, whole) => whole()))(batch, apply);
  }

  /** The next batches are answered so. */
  answer(...answers: Answer[]): void {
    this.#answers.push(...answers);
  }

  /** Forgets the answers that were not given yet. */
  answerByItself(): void {
    this.#answers.length = 0;
  }

  /** The next batch is not answered before the returned function is called. */
  hold(): (result?: 'fail') => void {
    let release: (result?: 'fail') => void = () => undefined;
    const released = new Promise<'fail' | undefined>((resolve) => {
      release = resolve;
    });
    this.answer(async (_, apply) => {
      if ((await released) === 'fail') throw unavailable();
      return apply();
    });
    return release;
  }

  leave(): void {
    this.#isAway = () => true;
  }

  /** Answers for other jobs. */
  leaveFor(job: string): void {
    this.#isAway = (one) => one === job;
  }

  comeBack(): void {
    this.#isAway = () => false;
  }

  async valuesOf(definition: ResolvedDefinition): Promise<Record<string, unknown>> {
    const series: Series[] = [];
    for await (const chunk of this.series.read(group, definition)) series.push(...chunk);
    return Object.fromEntries(series.map(({ labels, value }) => [labels, value]));
  }
}

/** The batch arrives, its answer does not. */
export const answerLost: Answer = async (_, apply) => {
  await apply();
  throw unavailable();
};

/** The batch does not arrive. */
export const refused: Answer = () => Promise.reject(unavailable());

export function unavailable(): StoreUnavailableError {
  return new StoreUnavailableError('Redis at redis://localhost:6379 does not answer');
}

export interface Opened {
  readonly buffer: UpdateBuffer;
  readonly listener: { [Event in keyof BufferListener]: jest.Mock };
  /** The accumulator of a series, as a handle keeps one. */
  readonly series: (labels: string, of?: ResolvedDefinition) => NumberAccumulator;
  readonly family: (of?: ResolvedDefinition) => FamilyBuffer;
}

const opened: UpdateBuffer[] = [];

export function openBuffer(store: MemoryStore, flushIntervalMs = NEVER_MS): Opened {
  const listener = {
    storeFailed: jest.fn(),
    storeAnswered: jest.fn(),
    waits: jest.fn(),
    failed: jest.fn(),
    torn: jest.fn(),
    lost: jest.fn(),
    copied: jest.fn(),
  };
  const buffer = new UpdateBuffer(group, store.series, flushIntervalMs, listener);
  opened.push(buffer);
  const family = (of = counter): FamilyBuffer => buffer.family(of);
  return { buffer, listener, family, series: (labels, of) => new NumberAccumulator(labels, family(of)) };
}

/** Stops the timers of every buffer; nothing more is stored. */
export async function closeBuffers(): Promise<void> {
  await Promise.all(opened.splice(0).map((buffer) => buffer.close(0)));
}

/** Lets everything happen that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
