import type { MetricsService } from './metrics.service.js';

const living: MetricsService[] = [];
let newest: MetricsService | undefined;

/** The service of this process' application, for what cannot have it injected; of several, that of the newest. */
export function livingMetrics(): MetricsService | undefined {
  return newest;
}

export function metricsBegin(metrics: MetricsService): void {
  living.push(metrics);
  newest = metrics;
}

export function metricsEnd(metrics: MetricsService): void {
  const at = living.indexOf(metrics);
  if (at >= 0) living.splice(at, 1);
  newest = living.at(-1);
}
