/** The four types of Prometheus' text format. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

/** What a gauge shows of values of several processes. */
export type GaugeAggregation = 'last' | 'sum' | 'min' | 'max' | 'avg';

/** What a metric is: declared once per process, kept in the store beside its values. */
export interface MetricDefinition<Label extends string = string> {
  /** `[a-zA-Z_:][a-zA-Z0-9_:]*`, for example `orders_total`; with `pushgateway.utf8Names` any text without NUL. */
  name: string;
  /** One line for people; shown as HELP. */
  help: string;
  /** What its values mean: only up, up and down, or observations. */
  type: MetricType;
  /**
   * What its values are measured in, such as `seconds` or `bytes`: the name ends with it, or with it and `_total`.
   *
   * It goes to the gateway as protobuf only, which Pushgateways up to 1.11 do not pass on.
   * @defaultValue none
   */
  unit?: string;
  /**
   * Put before the name: `api` and `orders_total` become `api_orders_total`.
   * @defaultValue none
   */
  namespace?: string;
  /**
   * `[a-zA-Z_][a-zA-Z0-9_]*`, not starting with `__`; with `pushgateway.utf8Names` any text without NUL that does not; `job`, `instance`,
   * `le` (histogram) and `quantile` (summary) are taken.
   * @defaultValue none
   */
  labelNames?: readonly Label[];
  /**
   * The configured jobs that push this metric.
   * @defaultValue the first configured job
   */
  jobs?: readonly string[];
  /**
   * Histogram only: upper bounds, ascending, without `+Inf`. With `native` it may be `[]`: no classic buckets.
   * @defaultValue {@link DEFAULT_BUCKETS} (seconds); with `native`: `[]`
   */
  buckets?: readonly number[];
  /**
   * Histogram only: a native histogram, whose buckets follow what is observed; `{}` takes all defaults. It goes to the gateway as protobuf
   * only, and Prometheus has to be told to store it.
   * @defaultValue none: classic buckets only
   */
  native?: NativeHistogramOptions;
  /**
   * Summary only: ranks between 0 and 1.
   * @defaultValue {@link DEFAULT_QUANTILES}
   */
  quantiles?: readonly number[];
  /**
   * Summary only: the window of the quantiles, in seconds; sum and count cover all time.
   * @defaultValue {@link DEFAULT_MAX_AGE_SECONDS}
   */
  maxAgeSeconds?: number;
  /**
   * Counter only: when the store does not know it (Redis was emptied, or is new), go on from what Prometheus last saw for
   * each of its series. Until Prometheus has answered, the counter is not pushed.
   * @defaultValue `true` if `prefetchGroupLabel` is given, otherwise `false`
   */
  prefetch?: boolean;
  /**
   * Counter only: restore only series that have this label of the counter.
   * @defaultValue none: all series
   */
  prefetchGroupLabel?: Label;
  /**
   * Gauge only: what is shown where several processes have a value. `'last'`: they share one, and what was set last stands. Otherwise
   * each living process has a value of its own, and they are added up, or the least, the greatest or the mean is shown. A process
   * that ends takes its values along; those of one that is killed are left out after 15 seconds.
   * @defaultValue 'last'
   */
  aggregation?: GaugeAggregation;
  /**
   * Reads the metric before a scheduled push: it gets the handle, also as `this`, and what `inject` names. What it throws is logged and
   * told in the result of the push.
   * @defaultValue none: the metric is changed where something happens
   */
  // Handles are not known here; `defineGauge` and the like give the types.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  collect?: (...args: any[]) => unknown;
  /**
   * Providers that `collect` gets after the handle, wherever in the application they are provided: tokens as of a factory provider.
   * @defaultValue none
   */
  inject?: readonly unknown[];
  /**
   * Who collects. `'one'`: one of the processes that have the definition, for what all would see alike, such as the depth of a queue.
   * `'each'`: every process that pushes by a schedule, at each of its ticks.
   * @defaultValue `'one'` for a gauge without `aggregation`, otherwise `'each'`
   */
  collectBy?: 'one' | 'each';
  /**
   * How long a push waits for `collect`, in milliseconds, at most 10000. What comes later is shown by the next push.
   * @defaultValue 1000
   */
  collectTimeoutMs?: number;
}

/** How fine a native histogram is: as client_golang means them. */
export interface NativeHistogramOptions {
  /**
   * A bucket is at the most so many times as wide as the one before: more than 1. It begins with the finest of 13 resolutions that
   * keeps to it: 1.1 gives buckets that grow by 9 %.
   * @defaultValue 1.1
   */
  growthFactor?: number;
  /**
   * Buckets that a series may have, 1 to 1,000; the zero bucket is not one of them. With more, all buckets are joined two by two.
   * @defaultValue 160
   */
  maxBuckets?: number;
  /**
   * Observations that are no further from 0 than this fall into the zero bucket.
   * @defaultValue 2^-128
   */
  zeroThreshold?: number;
}

/** The name that Prometheus shows. */
export function fullName({ namespace, name }: Pick<MetricDefinition, 'namespace' | 'name'>): string {
  return namespace ? `${namespace}_${name}` : name;
}

/** A definition without its type, as `counter(...)`, `gauge(...)` and the others take it. */
export type MetricOptions<Label extends string = string> = Omit<MetricDefinition<Label>, 'type'>;

/** prom-client's default buckets, for durations of requests in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** prom-client's default quantiles. */
export const DEFAULT_QUANTILES: readonly number[] = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

/** client_golang's recommendation. */
export const DEFAULT_GROWTH_FACTOR = 1.1;

/** As many as OpenTelemetry allows. */
export const DEFAULT_MAX_BUCKETS = 160;

/** client_golang's default. */
export const DEFAULT_ZERO_THRESHOLD = 2 ** -128;

/** How far back quantiles look, in seconds. */
export const DEFAULT_MAX_AGE_SECONDS = 600;

/** A checked definition with its full name and every default filled in: what the store keeps beside the values. */
export interface ResolvedDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** Absent: none. */
  readonly unit?: string;
  readonly labelNames: readonly string[];
  /** Histogram: upper bounds without `+Inf`. Otherwise empty. */
  readonly buckets: readonly number[];
  /** Histogram: how fine its native buckets are. Absent: it has none. */
  readonly native?: ResolvedNative;
  /** Summary: ranks. Otherwise empty. */
  readonly quantiles: readonly number[];
  /** Summary: the window of the quantiles. Otherwise 0. */
  readonly maxAgeSeconds: number;
  /** Restored from Prometheus when the store does not know it. Absent: not. */
  readonly prefetch?: true;
  /** Only series that have this label are restored. Absent: all. */
  readonly prefetchGroupLabel?: string;
  /** What is shown of a gauge's values of several processes. Absent: they share one. */
  readonly aggregation?: Exclude<GaugeAggregation, 'last'>;
}

/** A gauge whose processes have a value each. How these are put together may change with a deploy. */
const GAUGE_OF_PROCESSES = 'gauge of processes';

export interface ResolvedNative {
  /** With which a series begins. */
  readonly schema: number;
  readonly maxBuckets: number;
  readonly zeroThreshold: number;
}

/**
 * What two definitions of one name must share for their values to add up. Help, label names, quantiles, growth factor and limit of
 * native buckets, and how a gauge puts the values of processes together, may differ from deploy to deploy; a type, a bucket layout or a summary's window may not.
 */
export function definitionShape(definition: ResolvedDefinition): string {
  switch (definition.type) {
    case 'histogram':
      return histogramShape(definition);
    case 'summary':
      return `summary over ${definition.maxAgeSeconds} s`;
    case 'gauge':
      return definition.aggregation === undefined ? definition.type : GAUGE_OF_PROCESSES;
    default:
      return definition.type;
  }
}

function histogramShape({ buckets, native }: ResolvedDefinition): string {
  if (native === undefined) return `histogram with buckets ${buckets.join(', ')}`;
  const { zeroThreshold } = native;
  const aspects = [
    ...(buckets.length > 0 ? [`with buckets ${buckets.join(', ')}`] : []),
    ...(zeroThreshold === DEFAULT_ZERO_THRESHOLD ? [] : [`with zero up to ${zeroThreshold}`]),
  ];
  return ['native histogram', ...aspects].join(' ');
}
