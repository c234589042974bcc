import type { SeenValue } from '../series.js';
import { type GroupState, seriesId } from './group-states.js';
import { noteUnknownStart } from './series-starts.js';
import type { StoredValue } from './stored-value.js';

/** The store holds less than it once did: counters with `prefetch` wait for what Prometheus has seen of them. */
export function awaitRestoration(state: GroupState): void {
  for (const { name, prefetch } of state.definitions.values()) {
    if (!prefetch || state.isCleared || state.cleared.has(name) || state.restoring.has(name)) continue;
    state.restoring.set(name, { since: Date.now(), counted: new Map(), removed: new Set() });
  }
}

/** As restore.lua. */
export function restoreSeries(state: GroupState, family: string, values: readonly SeenValue[]): boolean {
  const waiting = state.restoring.get(family);
  if (waiting === undefined) return false;
  const series = state.families.get(family) ?? new Map<string, StoredValue>();
  state.families.set(family, series);
  for (const { labels, value } of values) {
    if (waiting.removed.has(labels)) continue;
    // Prometheus has seen the series: 0 would be a step back.
    state.announced.delete(seriesId(family, labels));
    const held = (series.get(labels) as number | undefined) ?? 0;
    const kept = held - (waiting.counted.get(labels) ?? 0);
    if (value <= kept) continue;
    series.set(labels, held + value - kept);
    noteUnknownStart(state.starts, series, labels);
  }
  state.restoring.delete(family);
  return true;
}
