import type { FamilyBuffer } from '../buffer/index.js';
import type { LabelValues, WithoutLabels } from '../model/index.js';
import type { ObserverChild } from './children.js';
import { SummarySeries } from './counted-series.js';
import { isLabelSet, Metric } from './metric.js';
import { timer } from './timer.js';

/** Observations with quantiles of all replicas together, within 1 % of an observed value, and their sum and count. */
export class Summary<Label extends string = string> extends Metric<Label, ObserverChild> {
  /**
   * Notes one observation.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  observe(this: WithoutLabels<Label>, value: number): void;
  /**
   * Notes one observation of the series with these labels.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  observe(labels: LabelValues<Label>, value: number): void;
  observe(labelsOrValue: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).observe(value as number);
    else this.childOf(undefined).observe(labelsOrValue as number);
  }

  /**
   * The returned function observes the seconds since this call, and returns them. Labels may be given here, there, or in part.
   * It throws LabelError unless they are then exactly those of the definition.
   */
  startTimer(labels?: Partial<LabelValues<Label>>): (labels?: Partial<LabelValues<Label>>) => number {
    return timer((seconds, more?: Partial<LabelValues<Label>>) => {
      this.childOf(labels || more ? ({ ...labels, ...more } as LabelValues<Label>) : undefined).observe(seconds);
    });
  }

  protected createSeries(labels: string, family: FamilyBuffer, others: readonly SummarySeries[]): SummarySeries {
    return new SummarySeries(labels, family, others);
  }
}
