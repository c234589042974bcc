import { type FamilyBuffer, HistogramAccumulator } from '../buffer/index.js';
import { Observer } from './observer.js';

/** Observations counted by bucket, with their sum. */
export class Histogram<Label extends string = string> extends Observer<Label, HistogramAccumulator> {
  protected createAccumulator(labels: string, family: FamilyBuffer): HistogramAccumulator {
    return new HistogramAccumulator(labels, family, family.definition.buckets);
  }
}
