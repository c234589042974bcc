import type { MetricFamily, MetricType, Sample } from '../model/index.js';

/** One value of a metric, as `getMetricsAsJSON()` of prom-client 15 and of `@prometheus-io/client` gives it. */
export interface PromClientValue {
  readonly value: number;
  /** Set on the lines of histograms and summaries, such as `x_bucket`. */
  readonly metricName?: string;
  readonly labels?: object;
}

/** One metric, as those give it. */
export interface PromClientMetric {
  readonly name: string;
  readonly help: string;
  /** In types of prom-client a number, in truth `'counter'`, `'gauge'`, `'histogram'` or `'summary'`. */
  readonly type: unknown;
  readonly values?: readonly PromClientValue[];
}

/** Any registry that can give its metrics as prom-client's does. */
export interface PromClientRegistry {
  getMetricsAsJSON(): Promise<readonly PromClientMetric[]> | readonly PromClientMetric[];
}

const TYPES: readonly unknown[] = ['counter', 'gauge', 'histogram', 'summary'] satisfies MetricType[];

/**
 * The metrics of a registry as families.
 * @throws Error for a type that the text format does not have
 */
export async function familiesOf(registry: PromClientRegistry): Promise<MetricFamily[]> {
  return (await registry.getMetricsAsJSON()).map(familyOf);
}

function familyOf({ name, help, type, values = [] }: PromClientMetric): MetricFamily {
  if (!TYPES.includes(type))
    throw new Error(`Metric "${name}": expected one of ${TYPES.join(', ')}, got ${String(type)}`);
  return { name, help, type: type as MetricType, values: values.map((value) => sampleOf(name, value)) };
}

function sampleOf(name: string, { value, metricName = name, labels = {} }: PromClientValue): Sample {
  const given = Object.entries(labels).filter(([, text]) => text !== undefined);
  return { metricName, value, labels: Object.fromEntries(given.map(([label, text]) => [label, String(text)])) };
}
