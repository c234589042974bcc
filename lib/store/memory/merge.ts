import {
  type HistogramValue,
  type ProcessValues,
  mergeNative,
  type SummaryBin,
  type SummaryValue,
} from '../../model/index.js';
import type { Update } from '../series.js';
import type { StoredValue } from './stored-value.js';

/** The value of a series after an update; undefined: it is gone. */
export function merge(stored: StoredValue | undefined, update: Update): StoredValue | undefined {
  switch (update.op) {
    case 'add':
      return ((stored as number | undefined) ?? 0) + update.value;
    case 'set':
      return update.value;
    case 'part':
      return mergePart(stored as ProcessValues | undefined, update);
    case 'observe':
      return mergeHistogram(stored as HistogramValue | undefined, update);
    case 'sketch':
      return mergeSummary(stored as SummaryValue | undefined, update);
    case 'remove':
      return undefined;
  }
}

function mergePart(
  stored: ProcessValues | undefined,
  { process, value }: Extract<Update, { op: 'part' }>,
): ProcessValues | undefined {
  const parts = new Map(stored);
  if (value === undefined) parts.delete(process);
  else parts.set(process, value);
  return parts.size > 0 ? parts : undefined;
}

type Observation = Extract<Update, { op: 'observe' }>;

function mergeHistogram(stored: HistogramValue | undefined, { counts, sum, native }: Observation): HistogramValue {
  const known = stored?.counts.length === counts.length ? stored : undefined;
  return {
    counts: counts.map((count, at) => count + (known?.counts[at] ?? 0)),
    sum: (known?.sum ?? 0) + sum,
    ...(native && { native: mergeNative(known?.native, native, native.maxBuckets) }),
  };
}

function mergeSummary(stored: SummaryValue | undefined, update: SummaryValue & { oldestSlice: number }): SummaryValue {
  const bins = new Map<string, SummaryBin>();
  for (const bin of [...(stored?.bins ?? []), ...update.bins]) {
    if (bin.slice < update.oldestSlice) continue;
    const id = `${bin.slice}:${bin.bin}`;
    bins.set(id, { ...bin, count: bin.count + (bins.get(id)?.count ?? 0) });
  }
  return {
    sum: (stored?.sum ?? 0) + update.sum,
    count: (stored?.count ?? 0) + update.count,
    bins: [...bins.values()],
  };
}
