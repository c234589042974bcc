import type { Exemplar } from '../model/index.js';
import type { Update } from '../store/index.js';
import type { PendingExemplars } from './pending-exemplars.js';

/** Characters of labels that are as much work as an update. */
const LABELS_A_WEIGHT = 1_024;

/** Bits of an accumulator's state. They share one number, since there is one accumulator per series. */
const IS_LISTED = 1;
const HAS_CHANGED = 2;
const IS_REMOVED = 4;
/** Free for the types. */
export const IS_SET = 8;
const IS_LISTED_AS_CHANGED = IS_LISTED | HAS_CHANGED;

/** What an accumulator tells when it first changes after it was taken. */
export interface DirtyList {
  add(accumulator: Accumulator): void;
  /** Where exemplars wait. Default: none are kept. */
  readonly exemplars?: PendingExemplars;
}

/** The changes of one series since they were last sent: however many events, one update. */
export abstract class Accumulator {
  protected state = 0;

  constructor(
    readonly labels: string,
    protected readonly dirtyList: DirtyList,
  ) {}

  /** Notes that there is something to send; by itself it makes the series exist, at 0 if it is new. */
  change(): void {
    if ((this.state & IS_LISTED_AS_CHANGED) !== IS_LISTED_AS_CHANGED) this.mark(HAS_CHANGED);
  }

  /** Removes the series; what changes afterwards begins from nothing. */
  remove(): void {
    this.dirtyList.exemplars?.forget(this);
    this.dropChanges();
    this.state &= ~HAS_CHANGED;
    this.mark(IS_REMOVED);
  }

  /** Keeps the exemplar of an event that has been counted, until a later one of its bucket. */
  noteExemplar(exemplar: Exemplar): void {
    this.dirtyList.exemplars?.note(this, exemplar);
  }

  /** Whether anything is lost if it is not sent. Nothing is if the series was only made to exist. */
  get hasCounted(): boolean {
    return this.isRemoved || (this.hasChanged && this.hasChanges);
  }

  /** How many updates {@link take} gives. */
  get size(): number {
    return Number(this.isRemoved) + Number(this.hasChanged);
  }

  /** How much work they are for the store: a counter's update is 1. */
  get weight(): number {
    return this.size + Math.floor(this.labels.length / LABELS_A_WEIGHT);
  }

  /** The updates that bring the store up to date; the next change counts from here. */
  take(): Update[] {
    const updates: Update[] = this.isRemoved ? [this.removal()] : [];
    if (this.hasChanged) updates.push(this.takeChanges());
    this.state = 0;
    return updates;
  }

  /** Sends none of the changes: what they would change is being cleared. */
  drop(): void {
    this.dropChanges();
    this.state = 0;
  }

  protected removal(): Update {
    return { op: 'remove', labels: this.labels };
  }

  /** Whether there is more to add than nothing. */
  protected abstract get hasChanges(): boolean;
  protected abstract takeChanges(): Update;
  protected abstract dropChanges(): void;

  private get isRemoved(): boolean {
    return (this.state & IS_REMOVED) !== 0;
  }

  private get hasChanged(): boolean {
    return (this.state & HAS_CHANGED) !== 0;
  }

  /** Not `#mark`: a class with a private method has one more word in each of its objects. */
  private mark(what: number): void {
    const wasListed = (this.state & IS_LISTED) !== 0;
    this.state |= IS_LISTED | what;
    if (!wasListed) this.dirtyList.add(this);
  }
}
