import type { Exemplar } from '../model/index.js';
import type { SeriesExemplars } from '../store/index.js';

/** Exemplars that are as much work for the store as a counter's update, beside one for the series. */
const EXEMPLARS_A_WEIGHT = 4;

/** Whatever accumulates a series. */
interface OfSeries {
  readonly labels: string;
}

/**
 * The latest exemplars of a family's series that wait to be sent, one for each bucket. They stand apart from the accumulators, so
 * that a series without any takes no memory for them.
 */
export class PendingExemplars {
  /** Canonical labels of the exemplar of an event that was given none; undefined: it has none. Default: nobody has any. */
  source?: () => string | undefined;
  readonly #waiting = new Map<OfSeries, Map<number, Exemplar>>();

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  note(series: OfSeries, exemplar: Exemplar): void {
    let ofSeries = this.#waiting.get(series);
    if (ofSeries === undefined) {
      ofSeries = new Map();
      this.#waiting.set(series, ofSeries);
    }
    ofSeries.set(exemplar.bucket, exemplar);
  }

  /** How much work those of a series are for the store. */
  weightOf(series: OfSeries): number {
    if (this.isEmpty) return 0;
    const size = this.#waiting.get(series)?.size ?? 0;
    return size === 0 ? 0 : 1 + Math.ceil(size / EXEMPLARS_A_WEIGHT);
  }

  take(series: OfSeries): readonly SeriesExemplars[] {
    if (this.isEmpty) return [];
    const taken = this.#waiting.get(series);
    if (taken === undefined) return [];
    this.#waiting.delete(series);
    return [{ labels: series.labels, exemplars: [...taken.values()] }];
  }

  forget(series: OfSeries): void {
    this.#waiting.delete(series);
  }

  clear(): void {
    this.#waiting.clear();
  }
}
