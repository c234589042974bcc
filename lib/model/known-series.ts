import type { Group } from './group.js';
import type { ResolvedDefinition } from './metric-definition.js';

/** Which series of a group Prometheus has. */
export interface KnownSeries {
  /** Of Prometheus, for people. */
  readonly address: string;
  /** What tells a series from its family's others, as {@link among} gives it. */
  identify(definition: ResolvedDefinition, labels: string): string;
  /**
   * The series of a family that Prometheus has, at whatever time it saw them; with `labels` only those that have them.
   * @throws what the client of Prometheus throws.
   */
  among(group: Group, definition: ResolvedDefinition, labels?: string): Promise<ReadonlySet<string>>;
}
