import type { Figures } from '../harness/row.js';
import { median } from '../harness/statistics.js';
import { measureFlushInterval, measureSize, measureWriters } from './points.js';
import { measurePrometheus } from './prometheus.js';

const ROUNDS = 3;

/** One figure along one dimension: the lines of the chart. */
export interface Curve {
  readonly figure: string;
  readonly unit: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** What grows, and what it costs there. */
export interface Dimension {
  readonly name: string;
  readonly curves: readonly Curve[];
}

const SIZE_FIGURES = {
  incNs: ['inc({ a, b, c })', 'ns'],
  firstFlushMs: ['storing all, new', 'ms'],
  flushMs: ['storing all, known', 'ms'],
  pushMs: ['push, wall', 'ms'],
  pushCpuMs: ['push, CPU of Node', 'ms'],
  pushMb: ['memory a push adds', 'MB'],
  longestReadMs: ['longest Redis command of a push', 'ms'],
  heapPerSeries: ['heap of the counting process, a series', 'bytes'],
  redisBytes: ['Redis, a series', 'bytes'],
} as const;
const WRITER_FIGURES = {
  redisCpuPercent: ['CPU of Redis', '%'],
  writerCpuPercent: ['CPU of a writer', '%'],
  longestFlushMs: ['longest Redis command', 'ms'],
} as const;
const PROMETHEUS_FIGURES = {
  scrapeMs: ['a scrape', 'ms'],
  cpuMs: ['CPU of Prometheus, a scrape', 'ms'],
  mb: ['memory of Prometheus', 'MB'],
} as const;

/** Costs against series, families, writers and flush intervals: medians of three, the largest once. */
export async function growth(progress: (line: string) => void): Promise<Dimension[]> {
  const size = (series: number, families: number) => measureSize(series, families);
  return [
    await along('series, in one family', [10, 1_000, 100_000, 1_000_000], (at) => size(at, 1), SIZE_FIGURES, progress),
    await along('families, of 100,000 series', [1, 10, 100], (at) => size(100_000, at), SIZE_FIGURES, progress),
    await along(
      'writers, 10,000 incs/s on 1,000 series each',
      [1, 4, 16],
      (at) => measureWriters(at),
      WRITER_FIGURES,
      progress,
    ),
    await along(
      'ms between flushes, 4 such writers',
      [50, 250, 1_000, 5_000],
      measureFlushInterval,
      WRITER_FIGURES,
      progress,
    ),
    await along(
      'series at the gateway it scrapes',
      [1_000, 100_000, 300_000],
      measurePrometheus,
      PROMETHEUS_FIGURES,
      progress,
    ),
  ];
}

async function along(
  name: string,
  points: readonly number[],
  measure: (at: number) => Promise<Figures>,
  figures: Readonly<Record<string, readonly [name: string, unit: string]>>,
  progress: (line: string) => void,
): Promise<Dimension> {
  const measured = new Map<number, Figures[]>(points.map((at) => [at, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const at of points) {
      if (at >= 300_000 && round > 1) continue;
      progress(`growth: ${at} ${name}, round ${round} of ${ROUNDS}`);
      measured.get(at)?.push(await measure(at));
    }
  }
  const curves = Object.entries(figures).map(([key, [figure, unit]]) => ({
    figure,
    unit,
    points: [...measured].map(([at, rounds]) => ({ at, value: median(rounds.map((one) => one[key] ?? Number.NaN)) })),
  }));
  return { name, curves };
}
