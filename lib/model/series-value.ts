import type { Exemplar } from './exemplar.js';
import type { ResolvedDefinition } from './metric-definition.js';
import type { NativeHistogram } from './native-histogram.js';

/** A histogram child: observations per bucket (not cumulative; the last one is `+Inf`) and their sum. */
export interface HistogramValue {
  readonly counts: readonly number[];
  readonly sum: number;
  /** The same observations once more. Absent: it is not a native histogram. */
  readonly native?: NativeHistogram;
}

/** Observations of one bin of a summary's sketch in one slice of time. */
export interface SummaryBin {
  /** Number of the time slice since the epoch: see {@link summarySlice}. */
  readonly slice: number;
  /** Bin of the sketch: see `sketch.ts`. */
  readonly bin: number;
  readonly count: number;
}

/** A summary child: sum and count of all time, and the recent observations as a sketch. */
export interface SummaryValue {
  readonly sum: number;
  readonly count: number;
  readonly bins: readonly SummaryBin[];
}

export type SeriesValue = number | HistogramValue | SummaryValue;

/** What a series holds that has counted nothing yet. */
export function zeroValue({ type, buckets, native }: ResolvedDefinition): SeriesValue {
  if (type === 'histogram') {
    const counts = new Array<number>(buckets.length + 1).fill(0);
    return { counts, sum: 0, ...(native && { native: { schema: native.schema, bins: [], counts: [] } }) };
  }
  return type === 'summary' ? { sum: 0, count: 0, bins: [] } : 0;
}

/** One series of a family as the store holds it. */
export interface Series<Value extends SeriesValue = SeriesValue> {
  /** Canonical label set, `''` for none. */
  readonly labels: string;
  readonly value: Value;
  /** When it began, in Unix milliseconds. Default: unknown. */
  readonly startMs?: number;
  /** At most one for each bucket. Default: none. */
  readonly exemplars?: readonly Exemplar[];
}
