import type { MetricsService } from '../../metrics/index.js';
import type {
  GroupStatus,
  HistogramValue,
  ResolvedDefinition,
  Series,
  SeriesValue,
  SummaryValue,
} from '../../model/index.js';
import type { GroupReader } from '../../push/index.js';

/** How many series are read; of further families only the definition is known. */
const MOST_SERIES = 50_000;

export interface FamilyReading {
  readonly job: string;
  readonly definition: ResolvedDefinition;
  /** Sorted by labels. */
  readonly series: readonly Series[];
}

/** All metrics of all replicas at one moment. */
export interface Reading {
  /** Unix milliseconds, by this process' clock. */
  readonly at: number;
  readonly tookMs: number;
  /** By the store's clock. */
  readonly storeTime: number;
  readonly families: readonly FamilyReading[];
  readonly series: number;
  /** There are more series than are looked at. */
  readonly isCut: boolean;
  readonly groups: readonly GroupStatus[];
}

/** @throws StoreUnavailableError */
export async function readAll(jobs: readonly string[], reader: GroupReader, metrics: MetricsService): Promise<Reading> {
  const begun = performance.now();
  const families: FamilyReading[] = [];
  let count = 0;
  let isCut = false;
  for (const job of jobs) {
    for await (const { definition, chunks } of reader.families(job)) {
      const series: Series[] = [];
      if (count >= MOST_SERIES) isCut = true;
      else {
        for await (const chunk of chunks) {
          series.push(...chunk);
          if ((count += chunk.length) >= MOST_SERIES) break;
        }
      }
      series.sort((a, b) => (a.labels < b.labels ? -1 : 1));
      families.push({ job, definition, series });
    }
  }
  const groups = await metrics.status();
  const tookMs = performance.now() - begun;
  return { at: Date.now(), tookMs, storeTime: reader.now, families, series: count, isCut, groups };
}

/** The one number of a series that a chart shows: its value, or how often it was observed. */
export function numberOf({ type }: ResolvedDefinition, value: SeriesValue): number {
  if (type === 'histogram') return (value as HistogramValue).counts.reduce((sum, count) => sum + count, 0);
  return type === 'summary' ? (value as SummaryValue).count : (value as number);
}

export function keyOf({ job, definition }: FamilyReading, labels?: string): string {
  return labels === undefined ? `${job}\n${definition.name}` : `${job}\n${definition.name}\n${labels}`;
}

/** Of a family: counters and observations add up; of gauges the highest tells. */
export function totalOf({ definition, series }: FamilyReading): number {
  const values = series.map(({ value }) => numberOf(definition, value));
  if (definition.type === 'gauge') return values.reduce((highest, value) => Math.max(highest, value), -Infinity);
  return values.reduce((sum, value) => sum + value, 0);
}
