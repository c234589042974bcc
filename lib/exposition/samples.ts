import {
  oldestSlice,
  parseLabels,
  sketchQuantiles,
  type HistogramValue,
  type MetricFamily,
  type ResolvedDefinition,
  type Sample,
  type Series,
  type SummaryValue,
} from '../model/index.js';
import { formatNumber } from './format-number.js';

/** A line before it is written: what follows the family's name, the labels as they stand between braces, the value. */
export interface Line {
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
  readonly labels: string;
  readonly value: number;
}

/** The lines of one series. `now` (Unix milliseconds) tells which slices of a summary still count. */
export function linesOf(definition: ResolvedDefinition, series: Series, now: number): Line[] {
  const { labels, value } = series;
  switch (definition.type) {
    case 'histogram':
      return histogramLines(definition, labels, value as HistogramValue);
    case 'summary':
      return summaryLines(definition, labels, value as SummaryValue, now);
    default:
      return [{ suffix: '', labels, value: value as number }];
  }
}

/** A family as an object, for code rather than for Prometheus. */
export function familyOf(definition: ResolvedDefinition, series: readonly Series[], now: number): MetricFamily {
  const { name, help, type } = definition;
  const values = series.flatMap((one) =>
    linesOf(definition, one, now).map(({ suffix, labels, value }): Sample => ({
      metricName: name + suffix,
      labels: parseLabels(labels),
      value,
    })),
  );
  return { name, help, type, values };
}

function histogramLines({ buckets }: ResolvedDefinition, labels: string, { counts, sum }: HistogramValue): Line[] {
  const lines: Line[] = [];
  let cumulative = 0;
  counts.forEach((count, at) => {
    cumulative += count;
    const bound = formatNumber(buckets[at] ?? Infinity);
    lines.push({ suffix: '_bucket', labels: withLabel(labels, 'le', bound), value: cumulative });
  });
  lines.push({ suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: cumulative });
  return lines;
}

/** A quantile of a summary: its rank from 0 to 1, and the value there. */
export interface Quantile {
  readonly quantile: number;
  readonly value: number;
}

/** The quantiles of what was observed in the window. `now` (Unix milliseconds) tells where that begins. */
export function quantilesOf(definition: ResolvedDefinition, summary: SummaryValue, now: number): Quantile[] {
  const { quantiles, maxAgeSeconds } = definition;
  const oldest = oldestSlice(now, maxAgeSeconds);
  const recent = new Map<number, number>();
  for (const { slice, bin, count } of summary.bins) {
    if (slice >= oldest) recent.set(bin, (recent.get(bin) ?? 0) + count);
  }
  const values = sketchQuantiles(quantiles, recent);
  return quantiles.map((quantile, at) => ({ quantile, value: values[at] as number }));
}

function summaryLines(definition: ResolvedDefinition, labels: string, summary: SummaryValue, now: number): Line[] {
  return [
    ...quantilesOf(definition, summary, now).map(({ quantile, value }): Line => ({
      suffix: '',
      labels: withLabel(labels, 'quantile', formatNumber(quantile)),
      value,
    })),
    { suffix: '_sum', labels, value: summary.sum },
    { suffix: '_count', labels, value: summary.count },
  ];
}

function withLabel(labels: string, name: string, value: string): string {
  return labels === '' ? `${name}="${value}"` : `${labels},${name}="${value}"`;
}
