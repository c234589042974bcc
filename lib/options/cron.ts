import type { CronTime } from 'cron';

let cron: typeof import('cron') | undefined;

/**
 * Await this before options with a cron expression are resolved. Without one the package `cron` is not loaded: it
 * brings a calendar along, and most applications push by interval.
 */
export async function loadCronFor(options: unknown): Promise<void> {
  const { autoPush } = (options ?? {}) as { autoPush?: { cron?: unknown } | null };
  if (typeof autoPush?.cron === 'string') cron ??= await import(/* webpackMode: "eager" */ 'cron');
}

/** Why a text is no cron expression of 5 or 6 fields; undefined if it is one. */
export function describeCronFault(expression: string): string | undefined {
  const { valid, error } = loadedCron().validateCronExpression(expression);
  return valid ? undefined : (error?.message ?? 'not a cron expression');
}

/** A Monday, so that the answer is the same whenever it is asked for. */
const FIRST_DAY = new Date(2024, 0, 1).getTime();
/** Enough to see an unevenness of an hour or a working day. */
const TICKS_AHEAD = 10;

/**
 * The longest time between ticks of a cron expression, in milliseconds, by ten ticks from a Monday on; undefined if it has not
 * even two within years. This takes up to a tenth of a second.
 */
export function longestGapMs(expression: string): number | undefined {
  const ticks = firstTicks(new (loadedCron().CronTime)(expression));
  const gaps = ticks.slice(1).map((tick, at) => tick - (ticks[at] as number));
  return gaps.length === 0 ? undefined : Math.max(...gaps);
}

function firstTicks(time: CronTime): number[] {
  const ticks: number[] = [];
  try {
    while (ticks.length < TICKS_AHEAD) ticks.push(time.getNextDateFrom(new Date(ticks.at(-1) ?? FIRST_DAY)).toMillis());
  } catch {
    // None within eight years: the 29th of February may be the last there is.
  }
  return ticks;
}

function loadedCron(): typeof import('cron') {
  if (cron === undefined) throw new Error('Expected loadCronFor(options) to be awaited before they are resolved');
  return cron;
}
