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
  /** After the value of each line stands a space, and when its series began, in Unix milliseconds; 0: unknown. Default false. */
  readonly hasStarts?: boolean;
}

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
