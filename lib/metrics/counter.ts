import { type FamilyBuffer, NumberAccumulator } from '../buffer/index.js';
import type { LabelValues, WithoutLabels } from '../model/index.js';
import { CounterChild } from './children.js';
import { isLabelSet, Metric } from './metric.js';

/** A number of events: it only goes up. */
export class Counter<Label extends string = string> extends Metric<Label, NumberAccumulator, CounterChild> {
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

  protected createAccumulator(labels: string, family: FamilyBuffer): NumberAccumulator {
    return new NumberAccumulator(labels, family);
  }

  protected createChild(accumulators: readonly NumberAccumulator[]): CounterChild {
    return new CounterChild(this.name, accumulators);
  }
}
