import type { Gauge, MetricsService } from '../metrics/index.js';
import type { MetricOptions } from '../model/index.js';
import { isKnownField } from '../model/resolve-definition.js';

/** A gauge of what processes have under way: the sum over those that live, where definitions know `aggregation`. */
export function gaugeOfProcesses(metrics: MetricsService, definition: MetricOptions): Gauge {
  return metrics.gauge<string>({ ...definition, ...(isKnownField('aggregation') && { aggregation: 'sum' }) });
}
