import type { Counter, Gauge, Histogram, Summary } from '../metrics/index.js';
import type { ExemplarLabels, MetricDefinition, MetricType } from '../model/index.js';

/** As prom-client has it. All labels of `labelNames` have to be given with an event, or it throws LabelError. */
export type LabelValues<T extends string> = Partial<Record<T, string | number>>;

/** What prom-client's constructors take. */
export interface MetricConfiguration<T extends string> {
  name: string;
  help: string;
  labelNames?: T[] | readonly T[];
  /** Ignored: a metric belongs to the first configured job. */
  registers?: readonly unknown[];
  /** Ignored: replicas add up. */
  aggregator?: string;
  /** Events are given as one object, `{ labels, value, exemplarLabels }`. Default false. */
  enableExemplars?: boolean;
}

export interface CounterConfiguration<T extends string> extends MetricConfiguration<T> {
  /** As that of a gauge. */
  collect?(this: Counter): unknown;
}

export interface GaugeConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Sets the value before a push of `autoPush`: of all replicas the one that pushes is asked. */
  collect?(this: Gauge): unknown;
}

export interface HistogramConfiguration<T extends string> extends MetricConfiguration<T> {
  /** As that of a gauge. */
  collect?(this: Histogram): unknown;
  /** Upper bounds, ascending, without `+Inf`. */
  buckets?: readonly number[];
}

export interface SummaryConfiguration<T extends string> extends MetricConfiguration<T> {
  /** As that of a gauge. */
  collect?(this: Summary): unknown;
  /** Ranks between 0 and 1. */
  percentiles?: readonly number[];
  /** The window of the quantiles, in seconds. */
  maxAgeSeconds?: number;
  /** Ignored: there are five. */
  ageBuckets?: number;
  /** Ignored. */
  pruneAgedBuckets?: boolean;
  /** Ignored. */
  compressCount?: number;
}

/** One event with an exemplar, as prom-client takes it where `enableExemplars` is on. */
export interface EventWithExemplar<T extends string> {
  labels?: LabelValues<T>;
  value?: number;
  exemplarLabels?: ExemplarLabels;
}

const MEANINGLESS: readonly string[] = [
  ...(['registers', 'aggregator', 'enableExemplars'] as const),
  ...(['ageBuckets', 'pruneAgedBuckets', 'compressCount'] as const),
] satisfies (keyof SummaryConfiguration<string>)[];

/** What is ours of it. What neither knows is refused as in any definition. */
export function definitionOf<Type extends MetricType>(
  type: Type,
  configuration: MetricConfiguration<string> & { percentiles?: readonly number[] },
): MetricDefinition & { type: Type } {
  const { percentiles, ...others } = configuration;
  const kept = Object.entries(others).filter(([field]) => !MEANINGLESS.includes(field));
  const definition = Object.fromEntries(kept) as typeof others;
  return { ...definition, ...(percentiles && { quantiles: percentiles }), type };
}

/** The verbs' arguments: `(value)`, `(labels, value)` or one object with an exemplar. */
export function eventOf<T extends string>(
  given: readonly unknown[],
  enableExemplars: boolean,
): { labels: LabelValues<T>; value: number | undefined; exemplar: ExemplarLabels | undefined } {
  const [first, second] = given;
  if (typeof first !== 'object' || first === null) {
    return { labels: {}, value: first as number | undefined, exemplar: undefined };
  }
  if (!enableExemplars) return { labels: first, value: second as number | undefined, exemplar: undefined };
  const { labels = {}, value, exemplarLabels } = first as EventWithExemplar<T>;
  return { labels, value, exemplar: exemplarLabels };
}
