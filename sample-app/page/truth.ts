/** Longer than any push and scrape should take. */
const REMEMBERED_MS = 10 * 60_000;

/** The lowest and the highest that a value has been. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What each row has been, over the last minutes: a place that lags behind shows what was true a while ago. */
export class Truth {
  readonly #moments: { at: number; values: readonly number[] }[] = [];

  note(at: number, values: readonly number[]): void {
    this.#moments.push({ at, values });
    while ((this.#moments[0]?.at ?? at) < at - REMEMBERED_MS) this.#moments.shift();
  }

  get now(): readonly number[] {
    return this.#moments.at(-1)?.values ?? [];
  }

  /** What a row was from a moment on; the value that it had just then is one of them. */
  since(row: number, from: number): Range {
    let low = this.now[row] ?? 0;
    let high = low;
    for (let at = this.#moments.length - 1; at >= 0; at--) {
      const moment = this.#moments[at];
      const value = moment?.values[row] ?? 0;
      low = Math.min(low, value);
      high = Math.max(high, value);
      if ((moment?.at ?? 0) <= from) break;
    }
    return { low, high };
  }
}
