/**
 * The children as metrics keep them. A child is itself the accumulator. There is no second object: an event touches one
 * place in memory.
 */
import {
  type Accumulator,
  type FamilyBuffer,
  HistogramAccumulator,
  NumberAccumulator,
  SummaryAccumulator,
} from '../buffer/index.js';
import type { CounterChild, GaugeChild, ObserverChild } from './children.js';
import { requireFinite, requireIncrement, requireNumber } from './check-value.js';
import { timer } from './timer.js';

/** A child: the accumulator of the metric's first job. */
export interface CountedSeries extends Accumulator {
  /** The same series in the metric's other jobs. */
  readonly others: readonly CountedSeries[];
}

export class CounterSeries extends NumberAccumulator implements CounterChild, CountedSeries {
  declare protected readonly dirtyList: FamilyBuffer;

  constructor(
    labels: string,
    family: FamilyBuffer,
    readonly others: readonly CounterSeries[],
  ) {
    super(labels, family);
  }

  inc(value = 1): void {
    requireIncrement(value, this.dirtyList.definition);
    this.add(value);
    for (const other of this.others) other.add(value);
  }
}

export class GaugeSeries extends NumberAccumulator implements GaugeChild, CountedSeries {
  declare protected readonly dirtyList: FamilyBuffer;

  constructor(
    labels: string,
    family: FamilyBuffer,
    readonly others: readonly GaugeSeries[],
  ) {
    super(labels, family);
  }

  set(value: number): void {
    requireNumber(value, this.dirtyList.definition);
    this.put(value);
    for (const other of this.others) other.set(value);
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

export class HistogramSeries extends HistogramAccumulator implements ObserverChild, CountedSeries {
  declare protected readonly dirtyList: FamilyBuffer;

  constructor(
    labels: string,
    family: FamilyBuffer,
    readonly others: readonly HistogramSeries[],
  ) {
    super(labels, family, family.definition.buckets);
  }

  override observe(value: number): void {
    requireFinite(value, this.dirtyList.definition);
    super.observe(value);
    for (const other of this.others) other.observe(value);
  }

  startTimer(): () => number {
    return timer((seconds) => {
      this.observe(seconds);
    });
  }
}

export class SummarySeries extends SummaryAccumulator implements ObserverChild, CountedSeries {
  declare protected readonly dirtyList: FamilyBuffer;

  constructor(
    labels: string,
    family: FamilyBuffer,
    readonly others: readonly SummarySeries[],
  ) {
    super(labels, family, family.definition.maxAgeSeconds);
  }

  override observe(value: number): void {
    requireFinite(value, this.dirtyList.definition);
    super.observe(value);
    for (const other of this.others) other.observe(value);
  }

  startTimer(): () => number {
    return timer((seconds) => {
      this.observe(seconds);
    });
  }
}
