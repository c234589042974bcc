import type { FamilyBuffer } from '../buffer/index.js';
import { HistogramSeries } from './counted-series.js';
import { Observer } from './observer.js';

/** Observations counted by bucket, with their sum. */
export class Histogram<Label extends string = string> extends Observer<Label> {
  protected createSeries(labels: string, family: FamilyBuffer, others: readonly HistogramSeries[]): HistogramSeries {
    return new HistogramSeries(labels, family, others);
  }
}
