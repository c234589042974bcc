import type { Output } from './output.js';

/** Of rows on a terminal: more nobody reads there. */
const LIMIT_OF_TERMINAL = 100;

export interface LimitFlags {
  limit?: number;
  json?: boolean;
}

/**
 * How many rows the flag `--limit` allows.
 * @throws RangeError
 */
export function limitOf({ limit, json = false }: LimitFlags, { isTTY = false }: Output): number {
  if (limit === undefined) return isTTY && !json ? LIMIT_OF_TERMINAL : Infinity;
  if (!Number.isInteger(limit) || limit < 0) throw new RangeError('--limit: expected a whole number, 0 for all');
  return limit === 0 ? Infinity : limit;
}
