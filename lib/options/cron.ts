let cron: typeof import('cron') | undefined;

/**
 * To be awaited before options with a cron expression are resolved. Without one the package `cron` is not loaded: it
 * brings a calendar along, and most applications push by interval.
 */
export async function loadCronFor(options: unknown): Promise<void> {
  const { autoPush } = (options ?? {}) as { autoPush?: { cron?: unknown } | null };
  if (typeof autoPush?.cron === 'string') cron ??= await import(/* webpackMode: "eager" */ 'cron');
}

/** Why a text is no cron expression of 5 or 6 fields; undefined if it is one. */
export function describeCronFault(expression: string): string | undefined {
  if (cron === undefined) throw new Error('Expected loadCronFor(options) to be awaited before they are resolved');
  const { valid, error } = cron.validateCronExpression(expression);
  return valid ? undefined : (error?.message ?? 'not a cron expression');
}
