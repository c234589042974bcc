import { oldestSlice, type ResolvedDefinition, SLICES } from '../model/index.js';
import type { FamilyUpdates, Update } from '../store/index.js';

/**
 * Updates of a summary with their slices of time numbered by the store's clock. They were cut by this process' clock, so that an
 * observation may be half a slice (a tenth of the window) from where the store would have put it.
 */
export function byClockOfStore(
  updates: FamilyUpdates,
  { type, maxAgeSeconds }: ResolvedDefinition,
  aheadMs: number,
): FamilyUpdates {
  if (type !== 'summary' || aheadMs === 0) return updates;
  const shift = Math.round(aheadMs / ((maxAgeSeconds * 1_000) / SLICES));
  const oldest = oldestSlice(Date.now() + aheadMs, maxAgeSeconds);
  const shifted = updates.updates.map((update): Update => {
    if (update.op !== 'sketch') return update;
    const bins = update.bins.map((bin) => ({ ...bin, slice: bin.slice + shift }));
    return { ...update, bins, oldestSlice: oldest };
  });
  return { ...updates, updates: shifted };
}
