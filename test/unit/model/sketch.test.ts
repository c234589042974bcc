import {
  oldestSlice,
  RELATIVE_ERROR,
  sketchBin,
  sketchQuantiles,
  sketchValue,
  SLICES,
  summarySlice,
} from '../../../lib/model/index.js';

/** Rounding of the logarithm at a bin's edge. */
const ROUNDING = 1e-9;

function sketchOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(sketchBin(value), (counts.get(sketchBin(value)) ?? 0) + 1);
  return counts;
}

function errorOf(value: number): number {
  return Math.abs(sketchValue(sketchBin(value)) - value) / Math.abs(value);
}

/** The same numbers on every run (mulberry32). */
function randomNumbers(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  });
}

describe('sketchBin and sketchValue', () => {
  it('stay within 1 % of every value from 1e-9 to 1e12, and of its negative', () => {
    let worst = 0;
    for (let value = 1e-9; value <= 1e12; value *= 1.0007) worst = Math.max(worst, errorOf(value), errorOf(-value));
    expect(worst).toBeLessThanOrEqual(RELATIVE_ERROR + ROUNDING);
    expect(worst).toBeGreaterThan(RELATIVE_ERROR * 0.99);
    expect(RELATIVE_ERROR).toBe(0.01);
  });

  it.each([1e-9, 1, 0.1, 1024, 1e12, 2 ** 53, 1e300])('stay within 1 %% of %p', (value) => {
    expect(errorOf(value)).toBeLessThanOrEqual(RELATIVE_ERROR + ROUNDING);
    expect(errorOf(-value)).toBeLessThanOrEqual(RELATIVE_ERROR + ROUNDING);
  });

  it('take zero, both its signs and what is nearer to it than 1e-9 for zero', () => {
    for (const value of [0, -0, 9.99e-10, -9.99e-10, Number.MIN_VALUE]) {
      expect(sketchValue(sketchBin(value))).toBe(0);
    }
  });

  it('put values in ascending bins', () => {
    const values = [-1e12, -5, -1, -1e-9, 0, 1e-9, 0.5, 1, 5, 1e12];
    const bins = values.map(sketchBin);
    expect(bins).toEqual([...bins].sort((a, b) => a - b));
    expect(new Set(bins).size).toBe(values.length);
    expect(bins.every(Number.isInteger)).toBe(true);
  });
});

describe('sketchQuantiles', () => {
  it('is NaN for every rank where nothing was counted', () => {
    expect(sketchQuantiles([0, 0.5, 1], new Map())).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('gives nothing for no ranks', () => {
    expect(sketchQuantiles([], sketchOf([1]))).toEqual([]);
  });

  it('is the one value at every rank', () => {
    const quantiles = sketchQuantiles([0, 0.5, 1], sketchOf([42]));
    for (const quantile of quantiles) expect(Math.abs(quantile - 42) / 42).toBeLessThanOrEqual(RELATIVE_ERROR);
    expect(new Set(quantiles).size).toBe(1);
  });

  it('gives ranks in the order they are asked for', () => {
    const [high, low, middle] = sketchQuantiles([1, 0, 0.5], sketchOf([1, 10, 100])) as [number, number, number];
    expect([low, middle, high].map((value) => Number(value.toPrecision(1)))).toEqual([1, 10, 100]);
  });

  it('reads the minimum at 0, the maximum at 1 and the rank (n - 1) q, rounded down, between', () => {
    const values = [-7, -1, 0, 3, 8];
    const expected = new Map([
      [0, -7],
      [0.24, -7],
      [0.25, -1],
      [0.5, 0],
      [0.74, 0],
      [0.75, 3],
      [0.99, 3],
      [1, 8],
    ]);
    const got = sketchQuantiles([...expected.keys()], sketchOf(values));
    expect(got.map(Math.round)).toEqual([...expected.values()]);
  });

  it('is within 1 % of the exact quantile of 10,000 skewed values', () => {
    const values = randomNumbers(10_000, 7).map((random) => Math.exp(random * 12 - 3));
    const sorted = [...values].sort((a, b) => a - b);
    const ranks = [0, 0.01, 0.05, 0.5, 0.9, 0.99, 0.999, 1];
    const got = sketchQuantiles(ranks, sketchOf(values));
    ranks.forEach((rank, at) => {
      const exact = sorted[Math.floor(rank * (sorted.length - 1))] as number;
      expect(Math.abs((got[at] as number) - exact) / exact).toBeLessThanOrEqual(RELATIVE_ERROR + ROUNDING);
    });
  });

  it('does not mind in which order bins were counted', () => {
    const counts = sketchOf([5, 1, 3, -2]);
    const reversed = new Map([...counts].reverse());
    expect(sketchQuantiles([0, 0.4, 1], reversed)).toEqual(sketchQuantiles([0, 0.4, 1], counts));
  });

  it('is the same for two sketches added up as for one of all values', () => {
    const ours = randomNumbers(3_000, 1).map((random) => random * 100 - 20);
    const theirs = randomNumbers(2_000, 2).map((random) => random ** 4 * 1e6);
    const merged = sketchOf(ours);
    for (const [bin, count] of sketchOf(theirs)) merged.set(bin, (merged.get(bin) ?? 0) + count);
    const ranks = [0, 0.001, 0.1, 0.5, 0.77, 0.99, 1];
    expect(sketchQuantiles(ranks, merged)).toEqual(sketchQuantiles(ranks, sketchOf([...ours, ...theirs])));
  });
});

describe('summary slices', () => {
  const WINDOW_SECONDS = 600;
  const SLICE_MS = 120_000;

  it('cuts the window into five', () => {
    expect(SLICES).toBe(5);
    expect(summarySlice(0, WINDOW_SECONDS)).toBe(0);
    expect(summarySlice(SLICE_MS - 1, WINDOW_SECONDS)).toBe(0);
    expect(summarySlice(SLICE_MS, WINDOW_SECONDS)).toBe(1);
    expect(summarySlice(1_790_000_000_000, WINDOW_SECONDS)).toBe(14_916_666);
  });

  it('counts the slice of now and the four before it', () => {
    const now = 100 * SLICE_MS + 5;
    expect(oldestSlice(now, WINDOW_SECONDS)).toBe(96);
    expect(summarySlice(now, WINDOW_SECONDS) - oldestSlice(now, WINDOW_SECONDS) + 1).toBe(SLICES);
  });

  it('forgets a value between four fifths of the window and the whole of it after it came', () => {
    for (const came of [0, 1, SLICE_MS - 1]) {
      const slice = summarySlice(came, WINDOW_SECONDS);
      expect(oldestSlice(came + 0.8 * WINDOW_SECONDS * 1000, WINDOW_SECONDS)).toBeLessThanOrEqual(slice);
      expect(oldestSlice(came + WINDOW_SECONDS * 1000, WINDOW_SECONDS)).toBeGreaterThan(slice);
    }
  });

  it('works for a window of one second and for fractions', () => {
    expect(summarySlice(1_000, 1)).toBe(5);
    expect(summarySlice(1_000, 2.5)).toBe(2);
  });
});
