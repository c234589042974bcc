import type { FamilyBuffer } from '../buffer/index.js';
import type { LabelValues, WithoutLabels } from '../model/index.js';
import type { HistogramChild } from './children.js';
import {
  type CountedSeries,
  HistogramSeries,
  NativeHistogramSeries,
  TracedHistogramSeries,
  TracedNativeHistogramSeries,
} from './counted-series.js';
import type { EventOptions } from './event-exemplar.js';
import { isLabelSet, Metric } from './metric.js';
import { timer } from './timer.js';

type Child = HistogramChild & CountedSeries;

/** Observations counted by bucket, with their sum. */
export class Histogram<Label extends string = string> extends Metric<Label, HistogramChild> {
  /**
   * Notes one observation.
   * @param event Its exemplar. Default: it has none.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  observe(this: WithoutLabels<Label>, value: number, event?: EventOptions): void;
  /**
   * Notes one observation of the series with these labels.
   * @param event Its exemplar. Default: it has none.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  observe(labels: LabelValues<Label>, value: number, event?: EventOptions): void;
  observe(
    labelsOrValue: LabelValues<Label> | number,
    valueOrEvent?: number | EventOptions,
    event?: EventOptions,
  ): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).observe(valueOrEvent as number, event);
    else this.childOf(undefined).observe(labelsOrValue as number, valueOrEvent as EventOptions | undefined);
  }

  /**
   * The returned function observes the seconds since this call, and returns them. Labels may be given here, there, or in part; an
   * exemplar there. It throws LabelError unless the labels are then exactly those of the definition.
   */
  startTimer(
    labels?: Partial<LabelValues<Label>>,
  ): (labels?: Partial<LabelValues<Label>>, event?: EventOptions) => number {
    return timer((seconds, more?: Partial<LabelValues<Label>>, event?: EventOptions) => {
      const all = labels || more ? ({ ...labels, ...more } as LabelValues<Label>) : undefined;
      this.childOf(all).observe(seconds, event);
    });
  }

  protected createSeries(labels: string, family: FamilyBuffer, others: readonly Child[]): Child {
    const { native } = family.definition;
    const isTraced = family.exemplars.source !== undefined;
    if (native === undefined) {
      const Series = isTraced ? TracedHistogramSeries : HistogramSeries;
      return new Series(labels, family, others);
    }
    const Series = isTraced ? TracedNativeHistogramSeries : NativeHistogramSeries;
    return new Series(labels, family, native, others);
  }
}
