import {
  definitionShape,
  type Group,
  type ResolvedDefinition,
  type Series,
  type SeriesValue,
  zeroValue,
} from '../../model/index.js';
import type { ApplyResult, Batch, Clash, FamilyUpdates, ReadOptions, SeriesStore } from '../series.js';
import type { StoreOptions } from '../store.js';
import { type GroupState, type GroupStates, seriesId } from './group-states.js';
import { merge } from './merge.js';

export class MemorySeries implements SeriesStore {
  constructor(
    private readonly groups: GroupStates,
    private readonly options: StoreOptions,
  ) {}

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    return applyBatch(await this.groups.of(group), batch, this.options);
  }

  async definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    const { definitions } = await this.groups.of(group);
    return [...definitions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *read(
    group: Group,
    definition: ResolvedDefinition,
    { asAnnounced = false }: ReadOptions = {},
  ): AsyncGenerator<readonly Series[]> {
    const { families, announced } = await this.groups.of(group);
    const series = [...(families.get(definition.name) ?? [])];
    if (series.length === 0) return;
    const isAtZero = (labels: string): boolean => asAnnounced && announced.has(seriesId(definition.name, labels));
    yield series.map(([labels, value]) => ({ labels, value: isAtZero(labels) ? zeroValue(definition) : value }));
  }

  readText(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncGenerator<readonly Series[]> {
    return this.read(group, definition, options);
  }

  async restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    const { restoring } = await this.groups.of(group);
    const now = Date.now();
    return new Map([...restoring].map(([name, { since }]) => [name, now - since]));
  }
}

function applyBatch(state: GroupState, batch: Batch, options: StoreOptions): ApplyResult {
  if ((state.sequences.get(batch.writer) ?? 0) >= batch.sequence) return { outcome: 'seen' };

  const cleared = batch.clear === 'all' ? [...state.definitions.keys()] : batch.clear;
  const known = new Map([...state.definitions].filter(([name]) => !cleared.includes(name)));
  const clashes = batch.definitions.flatMap((definition) => findClash(known.get(definition.name), definition));
  for (const { family, shape } of batch.families) {
    const stored = known.get(family);
    if (stored === undefined || clashes.some((clash) => clash.family === family)) continue;
    if (definitionShape(stored) !== shape) clashes.push({ family, storedShape: definitionShape(stored) });
  }
  if (clashes.length > 0) return { outcome: 'clash', clashes };
  const defined = new Set([...known.keys(), ...batch.definitions.map(({ name }) => name)]);
  const families = batch.families.map(({ family }) => family).filter((family) => !defined.has(family));
  if (families.length > 0) return { outcome: 'undefined', families };

  state.sequences.set(batch.writer, batch.sequence);
  state.lastBatchAt = Date.now();
  if (batch.clear === 'all') state.isCleared = true;
  for (const name of cleared) {
    state.definitions.delete(name);
    state.families.delete(name);
    state.restoring.delete(name);
    state.cleared.add(name);
  }
  for (const definition of batch.definitions) define(state, definition);
  for (const updates of batch.families) applyFamily(state, updates, options);
  return { outcome: 'applied' };
}

function define(state: GroupState, definition: ResolvedDefinition): void {
  const { name, prefetch } = definition;
  if (prefetch && !state.definitions.has(name) && !state.isCleared && !state.cleared.has(name)) {
    state.restoring.set(name, { since: Date.now(), removed: new Set() });
  }
  state.definitions.set(name, definition);
}

function findClash(stored: ResolvedDefinition | undefined, definition: ResolvedDefinition): Clash[] {
  if (stored === undefined || definitionShape(stored) === definitionShape(definition)) return [];
  return [{ family: definition.name, storedShape: definitionShape(stored) }];
}

function applyFamily(
  state: GroupState,
  { family, shape, mode, updates }: FamilyUpdates,
  { announces, seriesTtlMs }: StoreOptions,
): void {
  const waiting = state.restoring.get(family);
  const restores = mode === 'restore';
  if (restores && waiting === undefined) return;
  if (mode !== undefined) state.restoring.delete(family);
  const stored = mode === 'reset' ? undefined : state.families.get(family);
  const series = stored ?? new Map<string, SeriesValue>();
  state.families.set(family, series);
  for (const update of updates) {
    if (restores && waiting?.removed.has(update.labels)) continue;
    if (update.op === 'remove') waiting?.removed.add(update.labels);
    if (seriesTtlMs !== undefined && update.labels !== '')
      state.changed.set(seriesId(family, update.labels), Date.now());
    // What is restored was there before: at 0 it would step back.
    if (announces && !restores && shape !== 'gauge' && update.op !== 'remove' && !series.has(update.labels)) {
      state.announced.set(seriesId(family, update.labels), Date.now());
    }
    const value = merge(series.get(update.labels), update);
    if (value === undefined) series.delete(update.labels);
    else series.set(update.labels, value);
  }
}
