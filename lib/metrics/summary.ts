import type { FamilyBuffer } from '../buffer/index.js';
import { SummarySeries } from './counted-series.js';
import { Observer } from './observer.js';

/** Observations with quantiles of all replicas together, within 1 % of an observed value, and their sum and count. */
export class Summary<Label extends string = string> extends Observer<Label> {
  protected createSeries(labels: string, family: FamilyBuffer, others: readonly SummarySeries[]): SummarySeries {
    return new SummarySeries(labels, family, others);
  }
}
