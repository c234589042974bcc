import { type FamilyBuffer, PartAccumulator } from '../buffer/index.js';
import { requireFinite, requireNumber } from './check-value.js';
import type { GaugeChild } from './children.js';
import type { CountedSeries } from './counted-series.js';
import { timer } from './timer.js';

/** This process' part of a series of a gauge of processes. */
export class GaugePartSeries extends PartAccumulator implements GaugeChild, CountedSeries {
  declare protected readonly dirtyList: FamilyBuffer;

  constructor(
    labels: string,
    family: FamilyBuffer,
    readonly others: readonly GaugePartSeries[],
  ) {
    super(labels, family);
  }

  set(value: number): void {
    requireNumber(value, this.dirtyList.definition);
    this.put(value);
    for (const other of this.others) other.put(value);
  }

  inc(value = 1): void {
    requireFinite(value, this.dirtyList.definition);
    this.add(value);
    for (const other of this.others) other.add(value);
  }

  dec(value = 1): void {
    requireFinite(value, this.dirtyList.definition);
    this.inc(-value);
  }

  setToCurrentTime(): void {
    this.set(Date.now() / 1000);
  }

  startTimer(): () => number {
    return timer((seconds) => {
      this.set(seconds);
    });
  }
}
