import { GATEWAY_LABEL } from '../model/index.js';

/**
 * Labels by which copies of one series differ: of the gateway that has it, of the Prometheus that scraped it. By any other
 * label two series with the same job and instance are of two environments.
 */
export const COPY_LABELS = [
  ...[GATEWAY_LABEL, 'replica', 'prometheus', 'prometheus_replica', '__replica__'],
  ...['pod', 'node'],
] as const;

type Labels = Readonly<Record<string, string>>;

/** A label in which series differ that should be of one environment, and its values. */
export interface Difference {
  readonly label: string;
  readonly values: readonly string[];
}

/** @param own Labels in which series of one environment may differ: of the metric itself, and those by which copies do. */
export function differenceOf(series: readonly Labels[], own: readonly string[]): Difference | undefined {
  const ignored = new Set<string>(['__name__', ...own]);
  const names = new Set(series.flatMap((labels) => Object.keys(labels)).filter((name) => !ignored.has(name)));
  for (const label of names) {
    const values = [...new Set(series.map((labels) => labels[label] ?? ''))].sort();
    if (values.length > 1) return { label, values };
  }
  return undefined;
}
