/** A histogram child: observations per bucket (not cumulative; the last one is `+Inf`) and their sum. */
export interface HistogramValue {
  readonly counts: readonly number[];
  readonly sum: number;
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

/** One series of a family as the store holds it. */
export interface Series<Value extends SeriesValue = SeriesValue> {
  /** Canonical label set, `''` for none. */
  readonly labels: string;
  readonly value: Value;
}
