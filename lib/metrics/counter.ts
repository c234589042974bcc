import type { FamilyBuffer } from '../buffer/index.js';
import type { LabelValues, WithoutLabels } from '../model/index.js';
import type { CounterChild } from './children.js';
import { CounterSeries } from './counted-series.js';
import { isLabelSet, Metric } from './metric.js';

/** A number of events: it only goes up. */
export class Counter<Label extends string = string> extends Metric<Label, CounterChild> {
  /**
   * Adds `value`, by default 1.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is negative or not a finite number.
   */
  inc(this: WithoutLabels<Label>, value?: number): void;
  /**
   * Adds `value`, by default 1, to the series with these labels.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is negative or not a finite number.
   */
  inc(labels: LabelValues<Label>, value?: number): void;
  inc(labelsOrValue?: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).inc(value);
    else this.childOf(undefined).inc(labelsOrValue as number | undefined);
  }

  protected createSeries(labels: string, family: FamilyBuffer, others: readonly CounterSeries[]): CounterSeries {
    return new CounterSeries(labels, family, others);
  }
}
