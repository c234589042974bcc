/**
 * What the metrics SDK of OpenTelemetry gives and asks for, as far as it matters here. Its packages are not imported, also not for
 * their types: an application may have another version of them, or none.
 */
export interface ResourceMetrics {
  readonly resource: Resource;
  readonly scopeMetrics: readonly {
    readonly scope: InstrumentationScope;
    readonly metrics: readonly MetricData[];
  }[];
}

/** Who is measured. */
export interface Resource {
  readonly attributes: MetricAttributes;
}

export interface InstrumentationScope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
}

export type MetricAttributes = Readonly<Record<string, unknown>>;

interface Descriptor {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
}

interface Data<Type extends number, Value> {
  readonly descriptor: Descriptor;
  readonly aggregationTemporality: number;
  readonly dataPointType: Type;
  readonly dataPoints: readonly { readonly attributes: MetricAttributes; readonly value: Value }[];
}

export interface HistogramPoint {
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
  readonly sum?: number | undefined;
  readonly count: number;
}

interface Buckets {
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

export interface ExponentialPoint {
  readonly count: number;
  readonly sum?: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

export type HistogramData = Data<typeof HISTOGRAM, HistogramPoint>;
export type ExponentialData = Data<typeof EXPONENTIAL_HISTOGRAM, ExponentialPoint>;
export type NumberData = Data<typeof GAUGE, number> | (Data<typeof SUM, number> & { readonly isMonotonic: boolean });
export type MetricData = HistogramData | ExponentialData | NumberData;

/** `DataPointType` of the SDK. */
export const HISTOGRAM = 0;
export const EXPONENTIAL_HISTOGRAM = 1;
export const GAUGE = 2;
export const SUM = 3;

/** `AggregationTemporality` of the SDK. */
export const DELTA = 0;
export const CUMULATIVE = 1;

/** `ExportResult` of the SDK, with its `ExportResultCode`. */
export interface ExportResult {
  code: 0 | 1;
  error?: Error;
}
