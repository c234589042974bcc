import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks';
import type { MetricFamily, Sample } from '../../model/index.js';
import type { Part } from './part.js';

const NAME = 'nodejs_gc_duration_seconds';
/** In seconds, as with prom-client. */
const BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];

const KINDS: ReadonlyMap<number | undefined, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

interface Durations {
  /** By bucket, not added up. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** How long garbage collections took, by kind. */
export function garbageCollection(): Part {
  const byKind = new Map<string, Durations>();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as typeof entry & { detail: NodeGCPerformanceDetail }).detail;
      const name = KINDS.get(kind) ?? 'other';
      const seconds = entry.duration / 1_000;
      const durations = byKind.get(name) ?? { counts: BUCKETS.map(() => 0), count: 0, sum: 0 };
      byKind.set(name, durations);
      const at = BUCKETS.findIndex((bound) => seconds <= bound);
      if (at >= 0) durations.counts[at] = (durations.counts[at] as number) + 1;
      durations.count += 1;
      durations.sum += seconds;
    }
  });
  observer.observe({ entryTypes: ['gc'] });

  return {
    read(): readonly MetricFamily[] {
      const help = 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.';
      return [
        { name: NAME, help, type: 'histogram', values: [...byKind].flatMap(([kind, one]) => samples(kind, one)) },
      ];
    },
    stop() {
      observer.disconnect();
    },
  };
}

function samples(kind: string, { counts, count, sum }: Durations): Sample[] {
  let below = 0;
  const buckets = BUCKETS.map((bound, at) => {
    below += counts[at] as number;
    return { metricName: `${NAME}_bucket`, labels: { kind, le: String(bound) }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_bucket`, labels: { kind, le: '+Inf' }, value: count },
    { metricName: `${NAME}_sum`, labels: { kind }, value: sum },
    { metricName: `${NAME}_count`, labels: { kind }, value: count },
  ];
}
