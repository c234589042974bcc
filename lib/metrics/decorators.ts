import { Inject } from '@nestjs/common';

/** Injection token of a metric given to `forFeature`. `name` with its namespace, as Prometheus shows it. */
export function getMetricToken(name: string): string {
  return `PrometheusPushgatewayMetric:${name}`;
}

/**
 * Injects the handle of a metric given to `forFeature`.
 *
 * @example
 * ```ts
 * constructor(@InjectMetric('orders_total') private readonly orders: Counter<'type'>) {}
 * ```
 */
export function InjectMetric(name: string): ReturnType<typeof Inject> {
  return Inject(getMetricToken(name));
}
