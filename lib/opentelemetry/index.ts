export { PushgatewayMetricExporter, type PushgatewayMetricExporterOptions } from './exporter.js';
export {
  PrometheusPushgatewayOpenTelemetryModule,
  type PrometheusPushgatewayOpenTelemetryOptions,
} from './opentelemetry.module.js';
export { placeOfResource, type ResourcePlace } from './place.js';
export type {
  ExportResult,
  InstrumentationScope,
  MetricAttributes,
  MetricData,
  Resource,
  ResourceMetrics,
} from './shapes.js';
