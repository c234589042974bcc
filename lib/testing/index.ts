export { type ExpectedMetric, expectMetric, type Labels } from './expect-metric.js';
export { metricsInMemory, type OverridableModule } from './metrics-in-memory.js';
export { type Distribution, metricValue } from './metric-value.js';
export { type RecordedPush, recordedPushes } from './recorded-pushes.js';
export { PrometheusPushgatewayTestingModule, type PrometheusPushgatewayTestingOptions } from './testing.module.js';
