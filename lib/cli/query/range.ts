import { parseDuration } from '../../doctor/checks/intervals.js';

/** Points of a sparkline that fits an ordinary terminal. */
const POINTS = 40;
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
 * @throws RangeError for what is no span of time
 */
export function rangeOf(range: string, step: string | undefined, now = Date.now()): Range {
  const seconds = secondsIn('--range', range);
  const each = step === undefined ? Math.max(1, Math.ceil(seconds / POINTS)) : secondsIn('--step', step);
  if (seconds / each >= MOST_POINTS)
    throw new RangeError(`--step: expected fewer than ${MOST_POINTS} steps in --range`);
  const end = now / 1_000;
  return { start: end - seconds, end, step: each };
}

/** Prometheus' notation, or seconds. */
function secondsIn(flag: string, text: string): number {
  const seconds = DURATION.test(text) ? parseDuration(text) / 1_000 : Number(text);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new RangeError(`${flag}: expected a span of time such as 30s, 5m or 1h30m, got ${JSON.stringify(text)}`);
}
