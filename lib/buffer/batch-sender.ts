import { randomUUID } from 'node:crypto';
import type { Group, ResolvedDefinition } from '../model/index.js';
import type { ApplyResult, Confirmed, SeriesStore, Update } from '../store/index.js';
import type { BatchContent } from './batch-maker.js';

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
  lost(batches: number): void | Promise<void>;
  /** This process is a copy of another one, or was resumed from an older image. */
  copied(): void;
}

/** A batch in the queue. */
interface QueuedBatch extends BatchContent {
  /** Given by the store. Only the first of the queue has one. */
  readonly sequence?: number;
  /** The next batch is made already, before this one has its number. It gets the number that follows. */
  readonly isFollowed?: boolean;
}

/**
 * Sends the batches of one group, one at a time and in their order. A batch whose outcome is unknown is sent again as it
 * was, with its number, and the store refuses it if it had arrived. The store gives the numbers, each when its batch is
 * made: two processes that were resumed from one image never share a number for different batches.
 */
export class BatchSender {
  /** Says nothing of a store that fails. */
  isQuiet = false;
  #writer: string = randomUUID();
  /** The last batch of the writer that the store has applied. */
  #applied = 0;
  readonly #queue: QueuedBatch[] = [];
  #failures = 0;

  constructor(
    private readonly group: Group,
    private readonly store: SeriesStore,
    private readonly listener: BufferListener,
    private readonly definitionOf: (family: string) => ResolvedDefinition | undefined,
  ) {}

  /** How often in a row the store did not answer. */
  get failures(): number {
    return this.#failures;
  }

  /** The last batch that the store has confirmed. */
  get confirmed(): Confirmed {
    return { writer: this.#writer, sequence: this.#applied };
  }

  /** How many batches wait. */
  get length(): number {
    return this.#queue.length;
  }

  /** In how many series something was counted that waits in them. */
  get waiting(): number {
    const updates = this.#queue.flatMap(({ families }) => families.flatMap((family) => family.updates));
    return updates.filter(isCount).length;
  }

  /** Whether something would be lost without them: also what is to be replaced or forgotten. */
  get hasChanges(): boolean {
    return this.waiting > 0 || this.#queue.some(({ clear, show }) => clear.length + show.length > 0);
  }

  add(batch: BatchContent): void {
    this.#queue.push(batch);
  }

  /** The next batch that is added is to have the number that follows the latest one's. */
  keepTogether(): void {
    const last = this.#queue.length - 1;
    this.#queue[last] = { ...(this.#queue[last] as QueuedBatch), isFollowed: true };
  }

  /**
   * Sends the first batch until the store has taken it: with what it asks for, and without what it refuses.
   * @throws StoreUnavailableError
   */
  async sendFirst(): Promise<void> {
    let batch = this.#queue[0] as QueuedBatch;
    for (;;) {
      const sequence = batch.sequence ?? (await this.#number(batch));
      this.#queue[0] = batch = { ...batch, sequence };
      const wantsNext = this.#queue.length > 1;
      const result = await this.#ask(() =>
        this.store.apply(this.group, { ...contentOf(batch), sequence, writer: this.#writer, wantsNext }),
      );
      switch (result.outcome) {
        case 'undefined':
          batch = { ...batch, definitions: [...batch.definitions, ...this.#definitionsOf(result.families)] };
          break;
        case 'failed':
          batch = { ...without(batch, result.family), definitions: batch.definitions };
          this.listener.failed(result.family, result.reason);
          break;
        case 'behind':
          batch = await this.#beginAnew(batch, result.applied);
          break;
        default:
          if (result.outcome === 'torn') this.listener.torn(result.reason);
          if (result.outcome === 'applied') this.#tellWaiting(result.beside ?? []);
          this.#done(sequence, nextOf(result, sequence, batch));
          return;
      }
      this.#queue[0] = batch;
    }
  }

  /** The number of a batch, which may make the writer another one. */
  async #number(batch: QueuedBatch): Promise<number> {
    for (;;) {
      const result = await this.#ask(() => this.store.number(this.group, this.#writer, this.#applied));
      if (result.outcome === 'behind') {
        await this.#beginAnew(batch, result.applied);
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
  async #beginAnew({ sequence: _, ...batch }: QueuedBatch, applied: number): Promise<QueuedBatch> {
    await this.listener.lost(this.#applied - applied);
    this.#writer = randomUUID();
    this.#applied = 0;
    return batch;
  }

  #done(sequence: number, next: number | undefined): void {
    this.#applied = sequence;
    this.#queue.shift();
    const [following] = this.#queue;
    if (following && next !== undefined) this.#queue[0] = { ...following, sequence: next };
  }

  async #ask<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      const result = await ask();
      this.#failures = 0;
      this.listener.storeAnswered();
      return result;
    } catch (error) {
      this.#failures += 1;
      if (!this.isQuiet) this.listener.storeFailed(error as Error);
      throw error;
    }
  }

  #definitionsOf(families: readonly string[]): ResolvedDefinition[] {
    return families.flatMap((family) => this.definitionOf(family) ?? []);
  }

  #tellWaiting(families: readonly string[]): void {
    for (const definition of this.#definitionsOf(families)) this.listener.waits(definition);
  }
}

/** Whether anything is lost without it. Nothing is if series were only made to exist. */
function isCount(update: Update): boolean {
  switch (update.op) {
    case 'add':
      return update.value !== 0;
    case 'observe':
      return update.counts.some((count) => count > 0);
    case 'sketch':
      return update.count > 0;
    // A process that ends takes it along.
    case 'part':
      return false;
    default:
      return true;
  }
}

function contentOf({ clear, definitions, families, show }: QueuedBatch): BatchContent {
  return { clear, definitions, families, show };
}

function without(batch: QueuedBatch, name: string): QueuedBatch {
  return {
    ...batch,
    definitions: batch.definitions.filter((definition) => definition.name !== name),
    families: batch.families.filter(({ family }) => family !== name),
    show: batch.show.filter(({ family }) => family !== name),
  };
}

/** The number of the batch that follows, if it has one: an answer that got lost had told it. */
function nextOf(result: ApplyResult, sequence: number, { isFollowed = false }: QueuedBatch): number | undefined {
  if (result.outcome === 'seen' && isFollowed) return sequence + 1;
  return result.outcome === 'applied' ? result.next : undefined;
}
