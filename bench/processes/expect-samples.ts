import type { MetricFamily } from 'nestjs-prometheus-pushgateway';

/**
 * A figure of series that never reached the store would look good.
 * @throws Error unless these metrics together have that many samples there.
 */
export async function expectSamples(
  metrics: readonly { get(): Promise<MetricFamily> }[],
  expected: number,
): Promise<void> {
  let stored = 0;
  for (const metric of metrics) stored += (await metric.get()).values.length;
  if (stored !== expected) throw new Error(`Expected ${expected} samples to be stored, got ${stored}`);
}
