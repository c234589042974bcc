import type { ResolvedOptions } from '../options/index.js';

/**
 * With values in memory a command knows none of the application's: what it pushed would take their place.
 * @throws Error that says so
 */
export function requireSharedStore({ redis }: ResolvedOptions): void {
  if (redis !== 'memory') return;
  throw new Error(
    "with pushgateway.redis: 'memory' the values are in the application's own process, and this one has none of them. " +
      'Let the application push by itself (autoPush, or MetricsService.push()), or set pushgateway.redis to a Redis',
  );
}
