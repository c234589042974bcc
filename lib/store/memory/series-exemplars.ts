import type { Exemplar, SeriesValue } from '../../model/index.js';
import type { SeriesExemplars as Noted } from '../series.js';

/** Of one generation of a family: labels -> value. */
type Generation = Map<string, SeriesValue>;

/** As exemplars.lua: of each bucket of a series the latest. They go with their generation. */
export class SeriesExemplars {
  readonly #exemplars = new WeakMap<Generation, Map<string, Map<number, Exemplar>>>();

  note(generation: Generation, { labels, exemplars }: Noted): void {
    const all = this.#exemplars.get(generation) ?? new Map<string, Map<number, Exemplar>>();
    this.#exemplars.set(generation, all);
    const byBucket = all.get(labels) ?? new Map<number, Exemplar>();
    all.set(labels, byBucket);
    const now = Date.now();
    for (const exemplar of exemplars) {
      const known = byBucket.get(exemplar.bucket)?.timeMs ?? 0;
      const timeMs = Math.min(exemplar.timeMs, now);
      if (known > now || known <= timeMs) byBucket.set(exemplar.bucket, { ...exemplar, timeMs });
    }
  }

  of(generation: Generation, labels: string): readonly Exemplar[] {
    return [...(this.#exemplars.get(generation)?.get(labels)?.values() ?? [])];
  }

  forget(generation: Generation, labels: string): void {
    this.#exemplars.get(generation)?.delete(labels);
  }
}
