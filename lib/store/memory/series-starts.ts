import type { SeriesValue } from '../../model/index.js';
import type { GroupState } from './group-states.js';

/** One generation of a family: labels -> value. */
type Generation = Map<string, SeriesValue>;

/** When the series of each generation began, in Unix milliseconds, as starts.lua notes it; 0: unknown. */
export type SeriesStarts = Map<Generation, Map<string, number>>;

/** A series without a start begins at `at`. */
export function startOf({ starts }: GroupState, generation: Generation, labels: string, at: number): number {
  const ofSeries = startsOf(starts, generation);
  const start = ofSeries.get(labels) ?? at;
  ofSeries.set(labels, start);
  return start;
}

/** Prometheus knows when it began: we must not tell another time. */
export function noteUnknownStart({ starts }: GroupState, generation: Generation, labels: string): void {
  startsOf(starts, generation).set(labels, 0);
}

/** A series that comes again begins again. */
export function forgetStart({ starts }: GroupState, generation: Generation, labels: string): void {
  starts.get(generation)?.delete(labels);
}

/** What is known of generations that were replaced or cleared. */
export function sweepGenerations({ starts, exemplars, families, beside, hidden }: GroupState): void {
  const living = new Set([...families.values(), ...hidden.values()]);
  for (const shapes of beside.values()) for (const { values } of shapes.values()) if (values) living.add(values);
  for (const known of [starts, exemplars]) {
    for (const generation of known.keys()) if (!living.has(generation)) known.delete(generation);
  }
}

function startsOf(starts: SeriesStarts, generation: Generation): Map<string, number> {
  const known = starts.get(generation) ?? new Map<string, number>();
  starts.set(generation, known);
  return known;
}
