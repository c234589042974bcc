import { UpdateBuffers } from '../../../lib/buffer/index.js';
import { MetricsService } from '../../../lib/metrics/index.js';
import type { MetricLimits, MetricPusher } from '../../../lib/metrics/index.js';
import type { Group, MetricFamily } from '../../../lib/model/index.js';
import { GroupReader } from '../../../lib/push/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';

/** Longer than any test: what is stored is stored by flush(). */
const NEVER_MS = 3_600_000;

export interface Process {
  readonly metrics: MetricsService;
  readonly buffers: UpdateBuffers;
  readonly store: MemoryStore;
}

const opened: UpdateBuffers[] = [];

const LIMITS = {
  maxMetrics: 1_000,
  maxSeriesPerMetric: 10_000,
  maxLabelValueLength: 1_024,
  groupingLabels: { zone: 'a' },
};

/** A process of an application with jobs `shop` and `stock`; several may share a store. */
export function startProcess({
  store = new MemoryStore(),
  pusher = {} as MetricPusher,
  limits = {},
  exemplarSource,
}: {
  store?: MemoryStore;
  pusher?: MetricPusher;
  limits?: Partial<MetricLimits>;
  exemplarSource?: () => string | undefined;
} = {}): Process {
  const jobs: [string, ...string[]] = ['shop', 'stock'];
  const groups = jobs.map((job): Group => ({ job, instance: 'host', labels: {} }));
  const buffers = new UpdateBuffers(groups, store, NEVER_MS);
  opened.push(buffers);
  const reader = new GroupReader(groups, buffers, store.series);
  const metrics = new MetricsService(jobs, buffers, reader, pusher, { ...LIMITS, ...limits }, exemplarSource);
  return { metrics, buffers, store };
}

/** Stops the timers of every process; nothing more is stored. */
export async function stopProcesses(): Promise<void> {
  await Promise.all(opened.splice(0).map((buffers) => buffers.close(0)));
}

/** Values by line, as the exposition would show them, whatever kind of objects they came as. */
export function linesOf(
  name: string,
  values: readonly { metricName?: string; labels: object; value: number }[],
): Record<string, number> {
  return Object.fromEntries(
    values.map(({ metricName = name, labels, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(String(text))}`);
      return [pairs.length > 0 ? `${metricName}{${pairs.sort().join()}}` : metricName, value];
    }),
  );
}

export async function valuesOf(handle: {
  name: string;
  get(): Promise<MetricFamily>;
}): Promise<Record<string, number>> {
  return linesOf(handle.name, (await handle.get()).values);
}

/** What the function throws. */
export function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
