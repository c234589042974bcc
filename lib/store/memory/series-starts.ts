import type { StoredValue } from './stored-value.js';

/** One generation of a family: labels -> value. */
type Generation = Map<string, StoredValue>;

/** When the series of each generation began, in Unix milliseconds, as starts.lua notes it; 0: unknown. */
export type SeriesStarts = Map<Generation, Map<string, number>>;

/** A series without a start begins at `at`. */
export function startOf(starts: SeriesStarts, generation: Generation, labels: string, at: number): number {
  const ofSeries = startsOf(starts, generation);
  const start = ofSeries.get(labels) ?? at;
  ofSeries.set(labels, start);
  return start;
}

/** Prometheus knows when it began: we must not tell another time. */
export function noteUnknownStart(starts: SeriesStarts, generation: Generation, labels: string): void {
  startsOf(starts, generation).set(labels, 0);
}

/** A series that comes again begins again. */
export function forgetStart(starts: SeriesStarts, generation: Generation, labels: string): void {
  starts.get(generation)?.delete(labels);
}

function startsOf(starts: SeriesStarts, generation: Generation): Map<string, number> {
  const known = starts.get(generation) ?? new Map<string, number>();
  starts.set(generation, known);
  return known;
}
