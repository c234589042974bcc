import type { FamilyBuffer } from '../buffer/index.js';
import type { LabelValues, WithoutLabels } from '../model/index.js';
import type { CounterChild } from './children.js';
import { CounterSeries, TracedCounterSeries } from './counted-series.js';
import type { EventOptions } from './event-exemplar.js';
import { isLabelSet, Metric } from './metric.js';

/** A number of events: it only goes up. */
export class Counter<Label extends string = string> extends Metric<Label, CounterChild> {
  /**
   * Adds `value`, by default 1.
   * @param event Its exemplar. Default: it has none.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is negative or not a finite number.
   */
  inc(this: WithoutLabels<Label>, value?: number, event?: EventOptions): void;
  /**
   * Adds `value`, by default 1, to the series with these labels.
   * @param event Its exemplar. Default: it has none.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is negative or not a finite number.
   */
  inc(labels: LabelValues<Label>, value?: number, event?: EventOptions): void;
  inc(labelsOrValue?: LabelValues<Label> | number, valueOrEvent?: number | EventOptions, event?: EventOptions): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).inc(valueOrEvent as number | undefined, event);
    else this.childOf(undefined).inc(labelsOrValue as number | undefined, valueOrEvent as EventOptions | undefined);
  }

  protected createSeries(labels: string, family: FamilyBuffer, others: readonly CounterSeries[]): CounterSeries {
    const Series = family.exemplars.source ? TracedCounterSeries : CounterSeries;
    return new Series(labels, family, others);
  }
}
