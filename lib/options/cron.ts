import { validateCronExpression } from 'cron';

/** Why a text is no cron expression of 5 or 6 fields; undefined if it is one. */
export function describeCronFault(expression: string): string | undefined {
  const { valid, error } = validateCronExpression(expression);
  return valid ? undefined : (error?.message ?? 'not a cron expression');
}
