import { type FamilyBuffer, SummaryAccumulator } from '../buffer/index.js';
import { Observer } from './observer.js';

/** Observations with quantiles of all replicas together, within 1 % of an observed value, and their sum and count. */
export class Summary<Label extends string = string> extends Observer<Label, SummaryAccumulator> {
  protected createAccumulator(labels: string, family: FamilyBuffer): SummaryAccumulator {
    return new SummaryAccumulator(labels, family, family.definition.maxAgeSeconds);
  }
}
