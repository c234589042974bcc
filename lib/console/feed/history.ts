/** Points of a chart. */
export const CHART_POINTS = 60;
/** What a chart shows at the most, and at the least. */
const LONGEST_MS = 5 * 60_000;
const SHORTEST_MS = 60_000;
/** How many readings are kept. */
const KEPT = 160;
/** Above this number of series a new one gets no chart. */
const MOST_SERIES = 5_000;

/** A series in a bounded memory: its value at each reading. */
interface Ring {
  readonly values: Float64Array;
  /** The number of the last reading that had it. */
  seen: number;
}

/**
 * The values of the last minutes, in a memory that does not grow: about 6 MB with {@link MOST_SERIES} series, whatever happens.
 * Kept only while somebody looks.
 */
export class History {
  readonly #times = new Float64Array(KEPT);
  readonly #rings = new Map<string, Ring>();
  #readings = 0;

  add(at: number, values: Iterable<readonly [key: string, value: number]>): void {
    const slot = this.#readings % KEPT;
    this.#times[slot] = at;
    for (const { values: ring } of this.#rings.values()) ring[slot] = NaN;
    for (const [key, value] of values) {
      const ring = this.#rings.get(key) ?? this.#begin(key);
      if (ring === undefined) continue;
      ring.values[slot] = value;
      ring.seen = this.#readings;
    }
    this.#readings++;
    for (const [key, { seen }] of this.#rings) if (this.#readings - seen > KEPT) this.#rings.delete(key);
  }

  #begin(key: string): Ring | undefined {
    if (this.#rings.size >= MOST_SERIES) return undefined;
    const ring = { values: new Float64Array(KEPT).fill(NaN), seen: this.#readings };
    this.#rings.set(key, ring);
    return ring;
  }

  get size(): number {
    return this.#rings.size;
  }

  get readings(): number {
    return this.#readings;
  }

  /** What all charts show: all that is known, within bounds. */
  chartMs(now: number): number {
    const first = this.#times[this.#readings > KEPT ? this.#readings % KEPT : 0] as number;
    return this.#readings === 0 ? SHORTEST_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, now - first));
  }

  /**
   * {@link CHART_POINTS} points that end at `now`, `null` where nothing is known.
   * @param asRate What it rose by per second, instead of the values; a fall counts as a new start.
   * @returns undefined if nothing is kept of it, or less than two points are known
   */
  chart(key: string, now: number, asRate: boolean): (number | null)[] | undefined {
    const ring = this.#rings.get(key);
    if (ring === undefined) return undefined;
    const points = new Array<number | null>(CHART_POINTS).fill(null);
    let before: { at: number; value: number } | undefined;
    for (let reading = Math.max(0, this.#readings - KEPT); reading < this.#readings; reading++) {
      const at = this.#times[reading % KEPT] as number;
      const value = ring.values[reading % KEPT] as number;
      if (Number.isNaN(value)) continue;
      const point = Math.floor(((at - now) / this.chartMs(now) + 1) * CHART_POINTS - 1e-9);
      const shown = asRate ? rateBetween(before, { at, value }) : value;
      if (point >= 0 && point < CHART_POINTS && shown !== undefined) {
        const there = points[point];
        points[point] = asRate && typeof there === 'number' ? Math.max(there, shown) : shown;
      }
      before = { at, value };
    }
    return points.filter((point) => point !== null).length < 2 ? undefined : points;
  }

  /** What it has risen by in the last minute, or since it is known; undefined if that is not known. */
  lastMinute(key: string, now: number): number | undefined {
    const ring = this.#rings.get(key);
    if (ring === undefined) return undefined;
    let before: number | undefined;
    let rise: number | undefined;
    for (let reading = Math.max(0, this.#readings - KEPT); reading < this.#readings; reading++) {
      const value = ring.values[reading % KEPT] as number;
      if (Number.isNaN(value) || now - (this.#times[reading % KEPT] as number) > 60_000) continue;
      if (before !== undefined) rise = (rise ?? 0) + (value >= before ? value - before : value);
      before = value;
    }
    return rise;
  }
}

function rateBetween(
  before: { at: number; value: number } | undefined,
  now: { at: number; value: number },
): number | undefined {
  if (before === undefined || now.at <= before.at) return undefined;
  const rise = now.value >= before.value ? now.value - before.value : now.value;
  return (rise * 1_000) / (now.at - before.at);
}
