import type { Update } from '../store/index.js';
import { Accumulator, type DirtyList } from './accumulator.js';
import type { OwnParts } from './own-parts.js';

/** Where changes of a gauge of processes go. */
export interface PartList extends DirtyList {
  readonly parts: OwnParts;
}

/** This process' value in a gauge of processes. It is known here, and sent whole: the store may lose it. */
export class PartAccumulator extends Accumulator {
  declare protected readonly dirtyList: PartList;
  protected readonly hasChanges = false;
  #value = 0;

  add(step: number): void {
    this.put(this.#value + step);
  }

  put(value: number): void {
    this.#value = value;
    this.change();
  }

  /** From the first change on the process counts. */
  override change(): void {
    this.dirtyList.parts.add(this);
    super.change();
  }

  /** Of this process alone: the values of others stay. */
  override remove(): void {
    this.#value = 0;
    super.remove();
    this.dirtyList.parts.delete(this);
  }

  /** A process that ends takes its values along: nothing is lost with them. */
  override get hasCounted(): boolean {
    return false;
  }

  isOf(list: DirtyList): boolean {
    return this.dirtyList === list;
  }

  protected takeChanges(): Update {
    return { op: 'part', labels: this.labels, process: this.dirtyList.parts.process, value: this.#value };
  }

  protected override removal(): Update {
    return { op: 'part', labels: this.labels, process: this.dirtyList.parts.process };
  }

  /** The value stays: steps go on from it, and the next one sends it whole. */
  protected dropChanges(): void {
    this.dirtyList.parts.rest(this);
  }
}
