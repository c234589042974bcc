import type { Exemplar } from './exemplar.js';
import type { MetricType, ResolvedDefinition } from './metric-definition.js';
import type { Series } from './series-value.js';

/** Some series of a family, as they arrive from the store: all it has, or a part, of which the others follow. */
export interface FamilyChunk {
  readonly definition: ResolvedDefinition;
  readonly chunk: readonly Series[] | SampleLines;
}

/** Some series of a counter or gauge as the exposition shows them. */
export interface SampleLines {
  /** In UTF-8, whole lines in each part. */
  readonly lines: readonly Uint8Array[];
  readonly series: number;
  /** When they began. Default: unknown. */
  readonly startOf?: StartOf;
  /** By canonical labels, of those series that have any. Default: none. */
  readonly exemplars?: ReadonlyMap<string, readonly Exemplar[]>;
}

/**
 * When the series began whose labels, canonical and in UTF-8, stand between two places, in Unix milliseconds; 0: unknown. Gauges have
 * no such time.
 */
export type StartOf = (labels: Uint8Array, from: number, to: number) => number;

/** One line of the exposition. */
export interface Sample {
  /** Set on the lines of histograms and summaries, such as `x_bucket`; otherwise the family's name. */
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A whole family, read: what a handle's `get()` returns. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly values: readonly Sample[];
}
