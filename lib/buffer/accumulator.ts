import type { Update } from '../store/index.js';

/** Characters of labels that are as much work as an update. */
const LABELS_A_WEIGHT = 1_024;

/** What an accumulator tells when it first changes after it was taken. */
export interface DirtyList {
  add(accumulator: Accumulator): void;
}

/** The changes of one series since they were last sent: however many events, one update. */
export abstract class Accumulator {
  #isDirty = false;
  #isRemoved = false;
  #hasChanged = false;

  constructor(
    readonly labels: string,
    private readonly dirtyList: DirtyList,
  ) {}

  /** Notes that there is something to send; by itself it makes the series exist, at 0 if it is new. */
  change(): void {
    this.#hasChanged = true;
    this.#markDirty();
  }

  /** Removes the series; what changes afterwards begins anew. */
  remove(): void {
    this.#isRemoved = true;
    this.#hasChanged = false;
    this.dropChanges();
    this.#markDirty();
  }

  /** Whether anything is lost if it is not sent: not where the series was only made to exist. */
  get hasCounted(): boolean {
    return this.#isRemoved || (this.#hasChanged && this.hasChanges);
  }

  /** How many updates {@link take} gives. */
  get size(): number {
    return Number(this.#isRemoved) + Number(this.#hasChanged);
  }

  /** How much work they are for the store: a counter's update is 1. */
  get weight(): number {
    return this.size + Math.floor(this.labels.length / LABELS_A_WEIGHT);
  }

  /** The updates that bring the store up to date; the next change counts from here. */
  take(): Update[] {
    const updates: Update[] = this.#isRemoved ? [{ op: 'remove', labels: this.labels }] : [];
    if (this.#hasChanged) updates.push(this.takeChanges());
    this.#rest();
    return updates;
  }

  /** Sends none of the changes: what they would change is being cleared. */
  drop(): void {
    this.dropChanges();
    this.#rest();
  }

  /** Whether there is more to add than nothing. */
  protected abstract get hasChanges(): boolean;
  protected abstract takeChanges(): Update;
  protected abstract dropChanges(): void;

  #markDirty(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.dirtyList.add(this);
  }

  #rest(): void {
    this.#isDirty = false;
    this.#isRemoved = false;
    this.#hasChanged = false;
  }
}
