import type { Output } from '../output.js';
import { parseDuration } from '../../doctor/checks/intervals.js';

/** Points of a sparkline. */
const MOST_SHOWN = 40;
const FEWEST_SHOWN = 10;
/** Columns of a terminal that are left to labels and numbers. */
const BESIDE = 40;
const DURATION = /^(\d+(ms|[smhdwy]))+$/;
/** What Prometheus answers at the most. */
const MOST_POINTS = 11_000;

export interface Range {
  /** Unix seconds. */
  readonly start: number;
  readonly end: number;
  /** Seconds. */
  readonly step: number;
}

/**
 * The last `range` before now.
 * @param points How many there are at the most, if the step is not given.
 * @throws RangeError for what is no span of time
 */
export function rangeOf(range: string, step: string | undefined, points = MOST_SHOWN, now = Date.now()): Range {
  const seconds = secondsIn('--range', range);
  const each = step === undefined ? Math.max(1, Math.ceil(seconds / points)) : secondsIn('--step', step);
  if (seconds / each >= MOST_POINTS)
    throw new RangeError(`--step: expected fewer than ${MOST_POINTS} steps in --range`);
  const end = now / 1_000;
  return { start: end - seconds, end, step: each };
}

/** How many points a sparkline has that fits a terminal. */
export function pointsIn({ isTTY = false, columns = 0 }: Output): number {
  if (!isTTY || columns === 0) return MOST_SHOWN;
  return Math.min(MOST_SHOWN, Math.max(FEWEST_SHOWN, columns - BESIDE));
}

/** Prometheus' notation, or seconds. */
function secondsIn(flag: string, text: string): number {
  const seconds = DURATION.test(text) ? parseDuration(text) / 1_000 : Number(text);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new RangeError(`${flag}: expected a span of time such as 30s, 5m or 1h30m, got ${JSON.stringify(text)}`);
}
