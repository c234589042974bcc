export * from './errors/index.js';
export {
  type BothFormats,
  type ExpositionText,
  type GatewayContents,
  type GatewayIdentity,
  type GatewayStatus,
  type GroupingKey,
  type MessageSource,
  type PushedGroup,
  PushgatewayClient,
  type PushgatewayClientOptions,
} from './gateway/index.js';
export { BatchJob, type BatchJobOptions } from './instrument/batch-job/batch-job.js';
export { Counted, type CountedOptions } from './instrument/methods/counted.js';
export type { MethodOrClassDecorator } from './instrument/methods/measured-method.js';
export { Timed, type TimedOptions } from './instrument/methods/timed.js';
export {
  Counter,
  type CounterChild,
  type EventOptions,
  Gauge,
  type GaugeChild,
  type Handles,
  Histogram,
  type HistogramChild,
  InjectMetric,
  getMetricToken,
  MetricsService,
  type ObserverChild,
  Summary,
} from './metrics/index.js';
export {
  DEFAULT_BUCKETS,
  DEFAULT_MAX_AGE_SECONDS,
  DEFAULT_QUANTILES,
  type ExemplarLabels,
  type GroupStatus,
  type LabelValues,
  type WithoutLabels,
  type MessagePiece,
  type MetricDefinition,
  type MetricFamily,
  type MetricOptions,
  type MetricType,
  type NativeHistogramOptions,
  type PushResult,
  type Sample,
  type TextPiece,
} from './model/index.js';
export { PrometheusPushgatewayModule } from './module/index.js';
export {
  type AutoPushOptions,
  type EndpointOptions,
  type ExemplarSource,
  type FormerHost,
  type HttpHeaders,
  type HttpInstrumentOptions,
  type HttpLabel,
  type HttpPreset,
  type InstrumentOptions,
  type PrometheusOptions,
  type PrometheusPushgatewayModuleOptions,
  type PrometheusPushgatewayOptionsFactory,
  type PushgatewayOptions,
  type PushFormat,
  type PushStrategy,
  type RedisConnection,
  type TlsOptions,
} from './options/index.js';
export {
  type Duration,
  type InstantSample,
  PrometheusClient,
  type PrometheusClientOptions,
  type QueryOptions,
  type QueryRangeOptions,
  type RangeSeries,
  type Time,
} from './prometheus/index.js';
export { AUTO_PUSH_NAME } from './push/index.js';
