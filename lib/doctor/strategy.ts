import type { ResolvedOptions } from '../options/index.js';

/** Whether every gateway gets every group. */
export function isBroadcast(options: ResolvedOptions): boolean {
  return (options as { strategy?: string }).strategy === 'broadcast';
}
