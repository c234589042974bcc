import type { SeriesValue } from '../../model/index.js';

/** One generation of a family: labels -> value. */
type Generation = Map<string, SeriesValue>;

/**
 * When series began, as starts.lua notes it: at the turn of the push that showed them first. This store lives no longer than the
 * process that pushes: it loses no start.
 */
export class SeriesStarts {
  readonly #starts = new WeakMap<Generation, Map<string, number>>();

  /** In Unix milliseconds, 0: unknown. A series without a start begins at `at`. */
  startOf(generation: Generation, labels: string, at: number): number {
    const starts = this.#of(generation);
    const start = starts.get(labels) ?? at;
    starts.set(labels, start);
    return start;
  }

  /** Prometheus knows when it began: we must not tell another time. */
  noteUnknown(generation: Generation, labels: string): void {
    this.startOf(generation, labels, 0);
  }

  /** A series that comes again begins again. */
  forget(generation: Generation, labels: string): void {
    this.#starts.get(generation)?.delete(labels);
  }

  #of(generation: Generation): Map<string, number> {
    const known = this.#starts.get(generation) ?? new Map<string, number>();
    this.#starts.set(generation, known);
    return known;
  }
}
