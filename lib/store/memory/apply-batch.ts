import { definitionShape, type ResolvedDefinition, type SeriesValue } from '../../model/index.js';
import type { ApplyResult, Batch, Clash, FamilyUpdates, Update } from '../series.js';
import type { StoreOptions } from '../store.js';
import { type GroupState, seriesId } from './group-states.js';
import { merge } from './merge.js';
import { awaitRestoration } from './restore-series.js';

/** As apply.lua. */
export function applyBatch(state: GroupState, batch: Batch, options: StoreOptions): ApplyResult {
  const { writer, sequence, wantsNext = false, show = [] } = batch;
  const { applied } = state.writers.get(writer) ?? { applied: 0 };
  if (applied >= sequence) return { outcome: 'seen' };
  if (applied < sequence - 1) {
    awaitRestoration(state);
    return { outcome: 'behind', applied };
  }
  const cleared = batch.clear === 'all' ? [...state.definitions.keys()] : batch.clear;
  const refusal = refusalOf(state, batch, cleared);
  if (refusal) return refusal;

  state.writers.set(writer, { applied: sequence, issued: wantsNext ? sequence + 1 : sequence });
  state.lastBatchAt = Date.now();
  if (batch.clear === 'all') state.isCleared = true;
  for (const name of cleared) {
    state.definitions.delete(name);
    state.families.delete(name);
    state.restoring.delete(name);
    state.cleared.add(name);
  }
  for (const definition of batch.definitions) define(state, definition);
  for (const updates of batch.families) applyFamily(state, updates, writer, options);
  for (const { family: name } of show) {
    const values = state.hidden.get(`${name}#${writer}`);
    if (values === undefined) continue;
    state.hidden.delete(`${name}#${writer}`);
    state.families.set(name, values);
    state.restoring.delete(name);
  }
  return { outcome: 'applied', ...(wantsNext && { next: sequence + 1 }) };
}

function refusalOf(state: GroupState, batch: Batch, cleared: readonly string[]): ApplyResult | undefined {
  const known = new Map([...state.definitions].filter(([name]) => !cleared.includes(name)));
  const clashes = batch.definitions.flatMap((definition) => findClash(known.get(definition.name), definition));
  // What nobody sees yet needs no definition before it is shown.
  const needed = [...batch.families.filter(({ mode }) => mode === undefined), ...(batch.show ?? [])];
  for (const { family, shape } of needed) {
    const stored = known.get(family);
    if (stored === undefined || clashes.some((clash) => clash.family === family)) continue;
    if (definitionShape(stored) !== shape) clashes.push({ family, storedShape: definitionShape(stored) });
  }
  if (clashes.length > 0) return { outcome: 'clash', clashes };
  const defined = new Set([...known.keys(), ...batch.definitions.map(({ name }) => name)]);
  const families = new Set(needed.map(({ family }) => family).filter((family) => !defined.has(family)));
  return families.size > 0 ? { outcome: 'undefined', families: [...families] } : undefined;
}

function findClash(stored: ResolvedDefinition | undefined, definition: ResolvedDefinition): Clash[] {
  if (stored === undefined || definitionShape(stored) === definitionShape(definition)) return [];
  return [{ family: definition.name, storedShape: definitionShape(stored) }];
}

function define(state: GroupState, definition: ResolvedDefinition): void {
  const { name, prefetch } = definition;
  if (prefetch && !state.definitions.has(name) && !state.isCleared && !state.cleared.has(name)) {
    state.restoring.set(name, { since: Date.now(), counted: new Map(), removed: new Set() });
  }
  state.definitions.set(name, definition);
}

function applyFamily(
  state: GroupState,
  { family, shape, mode, updates }: FamilyUpdates,
  writer: string,
  { announces, seriesTtlMs }: StoreOptions,
): void {
  const [generations, key] = mode ? [state.hidden, `${family}#${writer}`] : [state.families, family];
  const series = (mode === 'begin' ? undefined : generations.get(key)) ?? new Map<string, SeriesValue>();
  generations.set(key, series);
  for (const update of updates) {
    const { op, labels } = update;
    if (!mode) noteSince(state, family, update);
    if (seriesTtlMs !== undefined && labels !== '') state.changed.set(seriesId(family, labels), Date.now());
    if (announces && shape !== 'gauge' && op !== 'remove' && !series.has(labels)) {
      state.announced.set(seriesId(family, labels), Date.now());
    }
    const value = merge(series.get(labels), update);
    if (value === undefined) series.delete(labels);
    else series.set(labels, value);
  }
}

/** Of a family that waits for its values from before: what was counted meanwhile stands apart too. */
function noteSince(state: GroupState, family: string, update: Update): void {
  const waiting = state.restoring.get(family);
  if (waiting === undefined) return;
  const { counted, removed } = waiting;
  if (update.op === 'remove') removed.add(update.labels);
  if (update.op === 'add') counted.set(update.labels, (counted.get(update.labels) ?? 0) + update.value);
}
