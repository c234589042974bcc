import type { FamilyBuffer } from '../buffer/index.js';
import type { LabelValues, WithoutLabels } from '../model/index.js';
import type { GaugeChild } from './children.js';
import { GaugeSeries } from './counted-series.js';
import { isLabelSet, Metric } from './metric.js';
import { timer } from './timer.js';

/** A value that goes up and down. Steps of all replicas add up; of values that are set, the latest to arrive stands. */
export class Gauge<Label extends string = string> extends Metric<Label, GaugeChild> {
  /** @throws MetricValueError if `value` is not a number; NaN and the infinities are. */
  set(this: WithoutLabels<Label>, value: number): void;
  set(labels: LabelValues<Label>, value: number): void;
  set(labelsOrValue: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).set(value as number);
    else this.childOf(undefined).set(labelsOrValue as number);
  }

  /** Adds `value`, by default 1. */
  inc(this: WithoutLabels<Label>, value?: number): void;
  inc(labels: LabelValues<Label>, value?: number): void;
  inc(labelsOrValue?: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).inc(value);
    else this.childOf(undefined).inc(labelsOrValue as number | undefined);
  }

  /** Subtracts `value`, by default 1. */
  dec(this: WithoutLabels<Label>, value?: number): void;
  dec(labels: LabelValues<Label>, value?: number): void;
  dec(labelsOrValue?: LabelValues<Label> | number, value?: number): void {
    if (isLabelSet(labelsOrValue)) this.childOf(labelsOrValue).dec(value);
    else this.childOf(undefined).dec(labelsOrValue as number | undefined);
  }

  /** Sets the current Unix time in seconds. */
  setToCurrentTime(this: WithoutLabels<Label>): void;
  setToCurrentTime(labels: LabelValues<Label>): void;
  setToCurrentTime(labels?: LabelValues<Label>): void {
    this.childOf(labels).setToCurrentTime();
  }

  /** The returned function sets the seconds since this call, and returns them. Labels may be given here, there, or in part. */
  startTimer(labels?: Partial<LabelValues<Label>>): (labels?: Partial<LabelValues<Label>>) => number {
    return timer((seconds, more?: Partial<LabelValues<Label>>) => {
      this.childOf(labels || more ? ({ ...labels, ...more } as LabelValues<Label>) : undefined).set(seconds);
    });
  }

  protected createSeries(labels: string, family: FamilyBuffer, others: readonly GaugeSeries[]): GaugeSeries {
    return new GaugeSeries(labels, family, others);
  }
}
