import type { MetricsService } from './metrics.service.js';

const living: { readonly metrics: MetricsService; readonly name: string | undefined }[] = [];
let chosen: MetricsService | undefined;

/**
 * The service of this process' application, for what cannot have it injected; of several that of the module without a name, and of
 * several applications that of the newest.
 */
export function livingMetrics(): MetricsService | undefined {
  return chosen;
}

/** @param name That of its module. */
export function metricsBegin(metrics: MetricsService, name?: string): void {
  living.push({ metrics, name });
  choose();
}

export function metricsEnd(metrics: MetricsService): void {
  const at = living.findIndex((each) => each.metrics === metrics);
  if (at >= 0) living.splice(at, 1);
  choose();
}

function choose(): void {
  chosen = (living.findLast(({ name }) => name === undefined) ?? living.at(-1))?.metrics;
}
