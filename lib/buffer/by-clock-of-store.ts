import { oldestSlice, type ResolvedDefinition, SLICES } from '../model/index.js';
import type { FamilyUpdates, Update } from '../store/index.js';

/** Updates with what they say of time by the store's clock: slices of a summary, and when exemplars were. */
export function byClockOfStore(updates: FamilyUpdates, definition: ResolvedDefinition, aheadMs: number): FamilyUpdates {
  if (aheadMs === 0) return updates;
  if (definition.type === 'summary') return withSlices(updates, definition, aheadMs);
  return updates.exemplars === undefined ? updates : withTimes(updates, Math.round(aheadMs));
}

/**
 * Slices of time were cut by this process' clock, so that an observation may be half a slice (a tenth of the window) from where the
 * store would have put it.
 */
function withSlices(updates: FamilyUpdates, { maxAgeSeconds }: ResolvedDefinition, aheadMs: number): FamilyUpdates {
  const shift = Math.round(aheadMs / ((maxAgeSeconds * 1_000) / SLICES));
  const oldest = oldestSlice(Date.now() + aheadMs, maxAgeSeconds);
  const shifted = updates.updates.map((update): Update => {
    if (update.op !== 'sketch') return update;
    const bins = update.bins.map((bin) => ({ ...bin, slice: bin.slice + shift }));
    return { ...update, bins, oldestSlice: oldest };
  });
  return { ...updates, updates: shifted };
}

function withTimes({ exemplars = [], ...updates }: FamilyUpdates, aheadMs: number): FamilyUpdates {
  const shifted = exemplars.map((series) => ({
    ...series,
    exemplars: series.exemplars.map((one) => ({ ...one, timeMs: one.timeMs + aheadMs })),
  }));
  return { ...updates, exemplars: shifted };
}
