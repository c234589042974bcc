import type { FamilyBuffer } from '../buffer/index.js';
import type { LabelValues, WithoutLabels } from '../model/index.js';
import type { GaugeChild } from './children.js';
import { GaugeSeries } from './counted-series.js';
import { isLabelSet, Metric } from './metric.js';
import { GaugePartSeries } from './part-series.js';
import { timer } from './timer.js';

/**
 * A value that goes up and down. Steps of all replicas add up; of values that are set, the latest to arrive stands. With `aggregation` each
 * process has a value of its own, which it sets and steps.
 */
export class Gauge<Label extends string = string> extends Metric<Label, GaugeChild> {
  /**
   * Sets the value.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a number. NaN and infinities are allowed.
   */
  set(this: WithoutLabels<Label>, value: number): void;
  /**
   * Sets the value of the series with these labels.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a number. NaN and infinities are allowed.
   */
  set(labels: LabelValues<Label>, value: number): void;
  set(labelsOrValue: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).set(value as number);
    else this.childOf(undefined).set(labelsOrValue as number);
  }

  /**
   * Adds `value`, by default 1.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  inc(this: WithoutLabels<Label>, value?: number): void;
  /**
   * Adds `value`, by default 1, to the series with these labels.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  inc(labels: LabelValues<Label>, value?: number): void;
  inc(labelsOrValue?: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).inc(value);
    else this.childOf(undefined).inc(labelsOrValue as number | undefined);
  }

  /**
   * Subtracts `value`, by default 1.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  dec(this: WithoutLabels<Label>, value?: number): void;
  /**
   * Subtracts `value`, by default 1, from the series with these labels.
   * @throws LabelError unless exactly the labels of the definition are given.
   * @throws MetricValueError if `value` is not a finite number.
   */
  dec(labels: LabelValues<Label>, value?: number): void;
  dec(labelsOrValue?: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).dec(value);
    else this.childOf(undefined).dec(labelsOrValue as number | undefined);
  }

  /**
   * Sets the current Unix time in seconds.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  setToCurrentTime(this: WithoutLabels<Label>): void;
  /**
   * Sets the series with these labels to the current Unix time in seconds.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  setToCurrentTime(labels: LabelValues<Label>): void;
  setToCurrentTime(labels?: LabelValues<Label>): void {
    this.childOf(labels).setToCurrentTime();
  }

  /**
   * The returned function sets the seconds since this call, and returns them. Labels may be given here, there, or in part.
   * It throws LabelError unless they are then exactly those of the definition.
   */
  startTimer(labels?: Partial<LabelValues<Label>>): (labels?: Partial<LabelValues<Label>>) => number {
    return timer((seconds, more?: Partial<LabelValues<Label>>) => {
      this.childOf(labels || more ? ({ ...labels, ...more } as LabelValues<Label>) : undefined).set(seconds);
    });
  }

  protected createSeries(
    labels: string,
    family: FamilyBuffer,
    others: readonly (GaugeSeries | GaugePartSeries)[],
  ): GaugeSeries | GaugePartSeries {
    if (family.definition.aggregation === undefined) return new GaugeSeries(labels, family, others as GaugeSeries[]);
    return new GaugePartSeries(labels, family, others as GaugePartSeries[]);
  }
}
