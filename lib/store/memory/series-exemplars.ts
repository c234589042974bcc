import type { Exemplar } from '../../model/index.js';
import type { SeriesExemplars as Noted } from '../series.js';
import type { StoredValue } from './stored-value.js';

/** Of one generation of a family: labels -> value. */
type Generation = Map<string, StoredValue>;

/** As exemplars.lua: of each bucket of a series the latest. They go with their generation. */
export type SeriesExemplars = Map<Generation, Map<string, Map<number, Exemplar>>>;

export function noteExemplars(all: SeriesExemplars, generation: Generation, noted: Noted): void {
  const { labels, exemplars } = noted;
  const ofSeries = all.get(generation) ?? new Map<string, Map<number, Exemplar>>();
  all.set(generation, ofSeries);
  const byBucket = ofSeries.get(labels) ?? new Map<number, Exemplar>();
  ofSeries.set(labels, byBucket);
  const now = Date.now();
  for (const exemplar of exemplars) {
    const known = byBucket.get(exemplar.bucket)?.timeMs ?? 0;
    const timeMs = Math.min(exemplar.timeMs, now);
    if (known > now || known <= timeMs) byBucket.set(exemplar.bucket, { ...exemplar, timeMs });
  }
}

export function exemplarsOf(all: SeriesExemplars, generation: Generation, labels: string): readonly Exemplar[] {
  return [...(all.get(generation)?.get(labels)?.values() ?? [])];
}

export function forgetExemplars(all: SeriesExemplars, generation: Generation, labels: string): void {
  all.get(generation)?.delete(labels);
}
