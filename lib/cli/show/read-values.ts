import { closest } from '../../options/index.js';
import type { HistogramValue, ResolvedDefinition, Series, SeriesValue, SummaryValue } from '../../model/index.js';
import type { GroupReader } from '../../push/index.js';

/** What a job has stored of one metric. */
export interface FamilyValues {
  readonly job: string;
  readonly definition: ResolvedDefinition;
  readonly seriesCount: number;
  /** Of a counter the sum of all series, of a gauge the highest, otherwise how often was observed. NaN without series. */
  readonly total: number;
  /** Sorted by labels. Empty unless they were asked for. */
  readonly series: readonly Series[];
  /** By the store's clock in Unix milliseconds: summaries forget by it. */
  readonly now: number;
}

export interface Shown {
  /** How many series of a metric at the most. */
  readonly limit: number;
  readonly sort: 'labels' | 'value';
}

export interface Wanted {
  readonly jobs: readonly string[];
  /** A name, or the beginning of some and `*`. Default: all, without their series. */
  readonly metric?: string;
}

/** What is being read, for whoever waits. */
export interface Progress {
  metric: string;
  series: number;
}

/** @throws StoreUnavailableError, and Error for a metric that nobody has defined */
export async function readValues(
  reader: GroupReader,
  { jobs, metric }: Wanted,
  progress: Progress = { metric: '', series: 0 },
): Promise<FamilyValues[]> {
  const all: FamilyValues[] = [];
  const names: string[] = [];
  progress.series = 0;
  for (const job of jobs) {
    for await (const { definition, chunks } of reader.families(job)) {
      names.push(definition.name);
      if (metric !== undefined && !isMeant(metric, definition.name)) continue;
      progress.metric = definition.name;
      const family = { series: [] as Series[], seriesCount: 0, total: NaN };
      for await (const chunk of chunks) {
        for (const { value } of chunk) family.total = added(definition, family.total, numberOf(definition, value));
        if (metric !== undefined) family.series.push(...chunk);
        family.seriesCount += chunk.length;
        progress.series += chunk.length;
      }
      family.series.sort((a, b) => (a.labels < b.labels ? -1 : 1));
      all.push({ job, definition, ...family, now: reader.now });
    }
  }
  if (metric !== undefined && all.length === 0) throw new Error(unknownMetric(metric, names));
  return all;
}

/** The one number of a series by which it is compared: its value, or how often was observed. */
export function numberOf({ type }: ResolvedDefinition, value: SeriesValue): number {
  if (type === 'histogram') return (value as HistogramValue).counts.reduce((sum, count) => sum + count, 0);
  return type === 'summary' ? (value as SummaryValue).count : (value as number);
}

export function sorted({ definition, series }: FamilyValues, { sort }: Shown): readonly Series[] {
  if (sort === 'labels') return series;
  return series.toSorted((a, b) => numberOf(definition, b.value) - numberOf(definition, a.value));
}

function added({ type }: ResolvedDefinition, total: number, value: number): number {
  if (Number.isNaN(total)) return value;
  return type === 'gauge' ? Math.max(total, value) : total + value;
}

function isMeant(metric: string, name: string): boolean {
  return metric.endsWith('*') ? name.startsWith(metric.slice(0, -1)) : name === metric;
}

/** What is said of a metric that is not there. */
export function unknownMetric(metric: string, names: readonly string[]): string {
  const meant = closest(metric, names) ?? names.find((name) => metric.startsWith(`${name}_`));
  const hint = meant === undefined ? 'show without a name lists those that there are' : `did you mean ${meant}?`;
  return `no process has defined a metric ${JSON.stringify(metric)} in these jobs: ${hint}`;
}
