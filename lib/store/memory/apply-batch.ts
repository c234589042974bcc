import { definitionShape, type ResolvedDefinition } from '../../model/index.js';
import type { ApplyResult, Batch, FamilyUpdates, Update } from '../series.js';
import type { StoreOptions } from '../store.js';
import { type GroupState, seriesId } from './group-states.js';
import { defineBeside, noteShape, showShape } from './memory-shapes.js';
import { merge } from './merge.js';
import { awaitRestoration } from './restore-series.js';
import { forgetExemplars, noteExemplars } from './series-exemplars.js';
import { forgetStart } from './series-starts.js';
import type { StoredValue } from './stored-value.js';

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
    state.shapes.delete(name);
    state.beside.delete(name);
    state.cleared.add(name);
  }
  for (const definition of batch.definitions) define(state, definition);
  for (const updates of batch.families) applyFamily(state, updates, writer, options);
  for (const { family, shape } of show) showFilled(state, family, shape, writer);
  const beside = batch.definitions
    .filter((definition) => isBeside(state, definition.name, definitionShape(definition)))
    .map(({ name }) => name);
  return {
    outcome: 'applied',
    ...(wantsNext && { next: sequence + 1 }),
    ...(beside.length > 0 && { beside }),
  };
}

/** Whether another shape of the family is shown. */
function isBeside({ definitions }: GroupState, family: string, shape: string): boolean {
  const shown = definitions.get(family);
  return shown !== undefined && definitionShape(shown) !== shape;
}

function refusalOf(state: GroupState, batch: Batch, cleared: readonly string[]): ApplyResult | undefined {
  const defined = new Set(batch.definitions.map(({ name }) => name));
  // What nobody sees yet needs no definition before it is shown.
  const needed = [...batch.families.filter(({ mode }) => mode === undefined), ...(batch.show ?? [])];
  const missing = needed.filter(({ family, shape }) => {
    if (defined.has(family)) return false;
    if (cleared.includes(family) || !state.definitions.has(family)) return true;
    return isBeside(state, family, shape) && !state.beside.get(family)?.has(shape);
  });
  const families = new Set(missing.map(({ family }) => family));
  return families.size > 0 ? { outcome: 'undefined', families: [...families] } : undefined;
}

function define(state: GroupState, definition: ResolvedDefinition): void {
  const { name, prefetch } = definition;
  const shape = definitionShape(definition);
  const shown = state.definitions.get(name);
  if (shown !== undefined && isBeside(state, name, shape)) {
    defineBeside(state, definition, shown);
    return;
  }
  if (state.shapes.get(name)?.has(shape)) noteShape(state, name, shape);
  if (prefetch && shown === undefined && !state.isCleared && !state.cleared.has(name)) {
    state.restoring.set(name, { since: Date.now(), counted: new Map(), removed: new Set() });
  }
  state.definitions.set(name, definition);
}

/** The values that the writer has filled replace those of its shape, and so those that are shown. */
function showFilled(state: GroupState, family: string, shape: string, writer: string): void {
  const values = state.hidden.get(`${family}#${writer}`);
  if (values === undefined) return;
  state.hidden.delete(`${family}#${writer}`);
  const own = state.beside.get(family)?.get(shape);
  if (own === undefined) {
    state.families.set(family, values);
    state.restoring.delete(family);
    return;
  }
  own.values = values;
  const wasReplaced = (state.shapes.get(family)?.get(shape)?.replaced ?? 0) > 0;
  if (!wasReplaced) showShape(state, family, shape);
}

/** Where a batch's changes of a family go. */
function valuesFor(
  state: GroupState,
  { family, shape, mode }: FamilyUpdates,
  writer: string,
): Map<string, StoredValue> {
  if (mode) {
    const key = `${family}#${writer}`;
    const filled = (mode === 'begin' ? undefined : state.hidden.get(key)) ?? new Map<string, StoredValue>();
    state.hidden.set(key, filled);
    return filled;
  }
  const own = isBeside(state, family, shape) ? state.beside.get(family)?.get(shape) : undefined;
  if (own) return (own.values ??= new Map<string, StoredValue>());
  const shown = state.families.get(family) ?? new Map<string, StoredValue>();
  state.families.set(family, shown);
  return shown;
}

function applyFamily(
  state: GroupState,
  changes: FamilyUpdates,
  writer: string,
  { notesNew, seriesTtlMs }: StoreOptions,
): void {
  const { family, shape, mode, updates } = changes;
  const series = valuesFor(state, changes, writer);
  const isShown = !isBeside(state, family, shape);
  for (const update of updates) {
    const { op, labels } = update;
    if (!mode && isShown) noteSince(state, family, update);
    if (seriesTtlMs !== undefined && labels !== '' && op !== 'part')
      state.changed.set(seriesId(family, labels), Date.now());
    if (notesNew && isShown && !shape.startsWith('gauge') && op !== 'remove' && !series.has(labels)) {
      state.announced.set(seriesId(family, labels), Date.now());
    }
    const value = merge(series.get(labels), update);
    if (value === undefined) {
      series.delete(labels);
      forgetStart(state.starts, series, labels);
      forgetExemplars(state.exemplars, series, labels);
    } else series.set(labels, value);
  }
  for (const noted of changes.exemplars ?? []) noteExemplars(state.exemplars, series, noted);
}

/** Notes apart what is counted while a family waits for its values from before. */
function noteSince(state: GroupState, family: string, update: Update): void {
  const waiting = state.restoring.get(family);
  if (waiting === undefined) return;
  const { counted, removed } = waiting;
  if (update.op === 'remove') removed.add(update.labels);
  if (update.op === 'add') counted.set(update.labels, (counted.get(update.labels) ?? 0) + update.value);
}
