import type { FamilyBuffer } from '../buffer/index.js';
import type { ObserverChild } from './children.js';
import { type CountedSeries, HistogramSeries, NativeHistogramSeries } from './counted-series.js';
import { Observer } from './observer.js';

type Child = ObserverChild & CountedSeries;

/** Observations counted by bucket, with their sum. */
export class Histogram<Label extends string = string> extends Observer<Label> {
  protected createSeries(labels: string, family: FamilyBuffer, others: readonly Child[]): Child {
    const { native } = family.definition;
    if (native === undefined) return new HistogramSeries(labels, family, others);
    return new NativeHistogramSeries(labels, family, native, others);
  }
}
