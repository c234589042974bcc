export type { CounterChild, GaugeChild, ObserverChild } from './children.js';
export { InjectMetric, getMetricToken } from './decorators.js';
export { Counter } from './counter.js';
export { Gauge } from './gauge.js';
export { Histogram } from './histogram.js';
export type { MetricLimits } from './metric-limits.js';
export type { MetricPusher, MetricReader } from './metric-reader.js';
export { MetricsService } from './metrics.service.js';
export { Summary } from './summary.js';
