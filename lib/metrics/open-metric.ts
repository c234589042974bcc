import {
  HistogramAccumulator,
  NativeHistogramAccumulator,
  NumberAccumulator,
  PartAccumulator,
  type FamilyBuffer,
} from '../buffer/index.js';
import { canonicalLabels, type NativeHistogram } from '../model/index.js';
import type { MetricContext } from './metric.js';
import { OVERFLOW_LABELS, SeriesLimit } from './metric-limits.js';

type Labels = Readonly<Record<string, string>>;
type Numbers = NumberAccumulator | PartAccumulator;
type Series = Numbers | HistogramAccumulator;

export interface Point {
  readonly labels: Labels;
  readonly value: number;
}

/** What somebody else has observed since the last time. */
export interface Observations {
  /** By bucket, not cumulative; the last one is `+Inf`. */
  readonly counts: readonly number[];
  readonly sum: number;
  /** The same observations once more. With it the metric has to be a native histogram. */
  readonly native?: NativeHistogram;
}

/**
 * A metric that is measured elsewhere: whole points are added, not events, and each series has the labels that it comes with, which
 * nobody has declared. Names and values of labels are the caller's to check.
 */
export class OpenMetric {
  readonly #series = new Map<string, Series>();
  readonly #limit: SeriesLimit;
  readonly #family: FamilyBuffer;

  constructor({ definition, limits, families }: MetricContext) {
    this.#limit = new SeriesLimit(definition, limits);
    this.#family = families[0];
  }

  /** Of a counter or gauge. */
  add(labels: Labels, step: number): void {
    (this.#of(labels) as Numbers).add(step);
  }

  /** Of a gauge: what somebody else has measured at one time. Where values are added up, so are points that fall into one series. */
  set(points: readonly Point[]): void {
    const isSum = this.#family.definition.aggregation === 'sum';
    const values = new Map<Numbers, number>();
    for (const { labels, value } of points) {
      const series = this.#of(labels) as Numbers;
      values.set(series, isSum ? (values.get(series) ?? 0) + value : value);
    }
    for (const [series, value] of values) series.put(value);
  }

  /** Of a histogram. */
  observe(labels: Labels, { counts, sum, native }: Observations): void {
    const series = this.#of(labels) as HistogramAccumulator;
    if (native === undefined) series.merge(counts, sum);
    else (series as NativeHistogramAccumulator).mergeNative(counts, sum, native);
  }

  #of(labels: Labels): Series {
    const names = Object.keys(labels);
    const values = names.map((name) => labels[name] as string);
    const canonical = canonicalLabels(names, values);
    const known = this.#series.get(canonical);
    if (known) return known;
    if (!this.#limit.isPast(values, this.#series.size, names)) return this.#make(canonical);
    return this.#series.get(OVERFLOW_LABELS) ?? this.#make(OVERFLOW_LABELS);
  }

  #make(labels: string): Series {
    const series = this.#accumulator(labels);
    this.#series.set(labels, series);
    return series;
  }

  #accumulator(labels: string): Series {
    const family = this.#family;
    const { type, buckets, native, aggregation } = family.definition;
    if (type === 'histogram') {
      if (native === undefined) return new HistogramAccumulator(labels, family, buckets);
      return new NativeHistogramAccumulator(labels, family, buckets, native);
    }
    return aggregation === undefined ? new NumberAccumulator(labels, family) : new PartAccumulator(labels, family);
  }
}
