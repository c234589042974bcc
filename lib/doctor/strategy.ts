import type { ResolvedOptions } from '../options/index.js';

/** Whether every gateway gets every group. */
export function isBroadcast({ strategy, gateways }: Pick<ResolvedOptions, 'strategy' | 'gateways'>): boolean {
  return strategy === 'broadcast' && gateways.length > 1;
}
