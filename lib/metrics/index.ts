export { activeSpan } from './active-span.js';
export type { CounterChild, GaugeChild, HistogramChild, ObserverChild } from './children.js';
export { getMetricsServiceToken, getMetricToken, InjectMetric, InjectMetricsService } from './decorators.js';
export {
  type DefinedMetric,
  type DefineOptions,
  defineCounter,
  defineGauge,
  defineHistogram,
  defineSummary,
  type MetricOf,
  type Provided,
} from './define.js';
export { Counter } from './counter.js';
export type { EventOptions } from './event-exemplar.js';
export { Gauge } from './gauge.js';
export { Histogram } from './histogram.js';
export type { MetricLimits } from './metric-limits.js';
export type { MetricPusher, MetricReader } from './metric-reader.js';
export type { Handles, OnCollect } from './metric-registry.js';
export { MetricsService } from './metrics.service.js';
export { Summary } from './summary.js';
export type { Observations, OpenMetric } from './open-metric.js';
