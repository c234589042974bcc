export { exponentialBuckets, linearBuckets } from '../model/index.js';
export type {
  CounterConfiguration,
  EventWithExemplar,
  GaugeConfiguration,
  HistogramConfiguration,
  LabelValues,
  MetricConfiguration,
  SummaryConfiguration,
} from './configuration.js';
export type { AnyMetric, LateMetric } from './late-metric.js';
export { Counter, Gauge, Histogram, type LabelsOrValues, Summary } from './metrics.js';
export {
  PromClientBridge,
  PrometheusPushgatewayPromClientModule,
  type PrometheusPushgatewayPromClientOptions,
} from './prom-client.module.js';
export { register } from './register.js';
export type { PromClientMetric, PromClientRegistry, PromClientValue } from './registry.js';
