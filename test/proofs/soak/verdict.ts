/** One value at a second of the run. */
export interface Point {
  readonly second: number;
  readonly value: number;
}

/** The straight line that fits points best (least squares). */
export interface Line {
  /** Rise per second. */
  readonly slope: number;
  readonly intercept: number;
}

/** How a quantity developed over the second half of a run. */
export interface Trend {
  readonly line: Line;
  readonly mean: number;
  /** Of the fitted line, from the middle of the run to its end. */
  readonly rise: number;
  readonly isFlat: boolean;
}

/** A rise counts as growth from this share of the mean on. */
const TOLERATED_SHARE = 0.05;

export function fit(points: readonly Point[]): Line {
  const meanSecond = mean(points.map(({ second }) => second));
  const meanValue = mean(points.map(({ value }) => value));
  let covariance = 0;
  let variance = 0;
  for (const { second, value } of points) {
    covariance += (second - meanSecond) * (value - meanValue);
    variance += (second - meanSecond) ** 2;
  }
  const slope = variance === 0 ? 0 : covariance / variance;
  return { slope, intercept: meanValue - slope * meanSecond };
}

/**
 * Judges the second half, since the first one warms up: code is compiled, pools and caches fill.
 * @param tolerated A rise of so much is none, however small the mean is, in the unit of the values.
 * @throws Error if the second half has fewer than two points.
 */
export function trendOf(points: readonly Point[], tolerated: number): Trend {
  const half = secondHalf(points);
  if (half.length < 2) throw new Error(`Expected at least 2 points in the second half, got ${half.length}`);
  const line = fit(half);
  const average = mean(half.map(({ value }) => value));
  const rise = line.slope * ((half.at(-1) as Point).second - (half[0] as Point).second);
  return { line, mean: average, rise, isFlat: rise <= Math.max(tolerated, TOLERATED_SHARE * average) };
}

export function secondHalf(points: readonly Point[]): Point[] {
  const end = points.at(-1)?.second ?? 0;
  return points.filter(({ second }) => second >= end / 2);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
