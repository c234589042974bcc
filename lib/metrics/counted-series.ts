/**
 * The children as metrics keep them. A child is itself the accumulator. There is no second object: an event touches one
 * place in memory.
 */
import {
  type Accumulator,
  bucketOf,
  type FamilyBuffer,
  HistogramAccumulator,
  NativeHistogramAccumulator,
  NumberAccumulator,
  SummaryAccumulator,
} from '../buffer/index.js';
import type { ResolvedNative } from '../model/index.js';
import type { CounterChild, GaugeChild, HistogramChild, ObserverChild } from './children.js';
import { type EventOptions, noteActive, noteGiven, type Place } from './event-exemplar.js';
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

  inc(value = 1, event?: EventOptions): void {
    requireIncrement(value, this.dirtyList.definition);
    this.add(value);
    for (const other of this.others) other.add(value);
    if (event !== undefined) noteGiven({ series: this, family: this.dirtyList, bucket: 0 }, value, event);
  }
}

/** A class of its own: without the option nobody asks for a span. */
export class TracedCounterSeries extends CounterSeries {
  override inc(value = 1, event?: EventOptions): void {
    super.inc(value, event);
    if (event?.exemplar === undefined) noteActive({ series: this, family: this.dirtyList, bucket: 0 }, value);
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

export class HistogramSeries extends HistogramAccumulator implements HistogramChild, CountedSeries {
  declare protected readonly dirtyList: FamilyBuffer;

  constructor(
    labels: string,
    family: FamilyBuffer,
    readonly others: readonly (ObserverChild & CountedSeries)[],
  ) {
    super(labels, family, family.definition.buckets);
  }

  override observe(value: number, event?: EventOptions): void {
    requireFinite(value, this.dirtyList.definition);
    super.observe(value);
    for (const other of this.others) other.observe(value);
    if (event !== undefined) noteGiven(placeOf(this, this.dirtyList, value), value, event);
  }

  startTimer(): (event?: EventOptions) => number {
    return timer((seconds, event?: EventOptions) => {
      this.observe(seconds, event);
    });
  }
}

/** As {@link TracedCounterSeries}. */
export class TracedHistogramSeries extends HistogramSeries {
  override observe(value: number, event?: EventOptions): void {
    super.observe(value, event);
    if (event?.exemplar === undefined) noteActive(placeOf(this, this.dirtyList, value), value);
  }
}

export class NativeHistogramSeries extends NativeHistogramAccumulator implements HistogramChild, CountedSeries {
  declare protected readonly dirtyList: FamilyBuffer;

  constructor(
    labels: string,
    family: FamilyBuffer,
    native: ResolvedNative,
    readonly others: readonly (ObserverChild & CountedSeries)[],
  ) {
    super(labels, family, family.definition.buckets, native);
  }

  override observe(value: number, event?: EventOptions): void {
    requireFinite(value, this.dirtyList.definition);
    super.observe(value);
    for (const other of this.others) other.observe(value);
    if (event !== undefined) noteGiven(placeOf(this, this.dirtyList, value), value, event);
  }

  startTimer(): (event?: EventOptions) => number {
    return timer((seconds, event?: EventOptions) => {
      this.observe(seconds, event);
    });
  }
}

/** As {@link TracedCounterSeries}. */
export class TracedNativeHistogramSeries extends NativeHistogramSeries {
  override observe(value: number, event?: EventOptions): void {
    super.observe(value, event);
    if (event?.exemplar === undefined) noteActive(placeOf(this, this.dirtyList, value), value);
  }
}

/** Exemplars go by classic buckets: without those a series has one. */
function placeOf(series: Place['series'], family: FamilyBuffer, value: number): Place {
  return { series, family, bucket: bucketOf(value, family.definition.buckets) };
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
