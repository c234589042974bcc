import type { GaugeAggregation } from './metric-definition.js';

/** One series of a gauge of processes: by process, its value. */
export type ProcessValues = ReadonlyMap<string, number>;

/** What a gauge shows of the values of living processes, at least one. */
export function aggregated(values: readonly number[], aggregation: Exclude<GaugeAggregation, 'last'>): number {
  switch (aggregation) {
    case 'sum':
      return sumOf(values);
    case 'avg':
      return sumOf(values) / values.length;
    case 'min':
      return values.reduce((least, value) => Math.min(least, value));
    case 'max':
      return values.reduce((greatest, value) => Math.max(greatest, value));
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
