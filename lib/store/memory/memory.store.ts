import { randomUUID } from 'node:crypto';
import {
  definitionShape,
  groupingLabels,
  type Group,
  type HistogramValue,
  type ResolvedDefinition,
  type Series,
  type SeriesValue,
  type SummaryBin,
  type SummaryValue,
  zeroValue,
} from '../../model/index.js';
import { Announcements } from './announcements.js';
import { SignsOfLife } from './signs-of-life.js';
import type {
  ApplyResult,
  Batch,
  Clash,
  FamilyUpdates,
  Ledger,
  PushTurn,
  ReadOptions,
  Store,
  StoreFacts,
  StoreOptions,
  Update,
} from '../store.js';

interface GroupState {
  readonly sequences: Map<string, number>;
  readonly definitions: Map<string, ResolvedDefinition>;
  readonly families: Map<string, Map<string, SeriesValue>>;
  /** Families that wait for their values from before: since when, and which series were removed meanwhile. */
  readonly restoring: Map<string, { since: number; removed: Set<string> }>;
  isForgotten: boolean;
  turn?: { token: string; endsAt: number };
  pushedAt: number;
  /** When series with labels were last updated, by family and labels. */
  readonly touched: Map<string, number> | undefined;
  lastBatchAt: number;
  /** Each with the hold it is of. */
  readonly copies: Map<string, string>;
  holds: number;
  heldSince: number | undefined;
  holder: string | undefined;
  silentSince: number | undefined;
  readonly announcements: Announcements;
}

/** The store inside this process: for tests, for a first try, and for a single process that may forget when it ends. */
export class MemoryStore implements Store {
  readonly address = 'memory';
  readonly #groups = new Map<string, GroupState>();
  readonly #signsOfLife = new SignsOfLife();

  constructor(private readonly options: StoreOptions = {}) {}

  apply(group: Group, batch: Batch): Promise<ApplyResult> {
    return Promise.resolve(applyBatch(this.#state(group), batch, this.options.announces === true));
  }

  definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    const definitions = [...this.#state(group).definitions.values()];
    return Promise.resolve(definitions.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  async *read(
    group: Group,
    definition: ResolvedDefinition,
    { asAnnounced = false }: ReadOptions = {},
  ): AsyncGenerator<readonly Series[]> {
    const { families, announcements } = this.#state(group);
    const series = [...(families.get(definition.name) ?? [])];
    if (series.length === 0) return;
    const isAtZero = (labels: string): boolean => asAnnounced && announcements.has(definition.name, labels);
    yield await Promise.resolve(
      series.map(([labels, value]) => ({ labels, value: isAtZero(labels) ? zeroValue(definition) : value })),
    );
  }

  releaseAnnounced(group: Group, shownForMs: number): Promise<void> {
    this.#state(group).announcements.release(shownForMs);
    return Promise.resolve();
  }

  noteShown(group: Group, takenAt: number): Promise<void> {
    this.#state(group).announcements.shown(takenAt);
    return Promise.resolve();
  }

  readText(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncGenerator<readonly Series[]> {
    return this.read(group, definition, options);
  }

  restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    const now = Date.now();
    return Promise.resolve(new Map([...this.#state(group).restoring].map(([name, { since }]) => [name, now - since])));
  }

  takeTurn(group: Group, ttlMs: number): Promise<PushTurn> {
    const state = this.#state(group);
    const now = Date.now();
    const taken = state.turn === undefined || state.turn.endsAt <= now;
    if (taken) state.turn = { token: randomUUID(), endsAt: now + ttlMs };
    const { token, endsAt } = state.turn as { token: string; endsAt: number };
    const busyForMs = taken ? 0 : endsAt - now;
    return Promise.resolve({ ...(taken && { token }), now, lastPushedAt: state.pushedAt, busyForMs });
  }

  keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean> {
    const state = this.#state(group);
    const isKept = isTurnOf(state, token);
    if (isKept) state.turn = { token, endsAt: Date.now() + ttlMs };
    return Promise.resolve(isKept);
  }

  endTurn(group: Group, token: string, pushedAt = 0): Promise<void> {
    const state = this.#state(group);
    state.pushedAt = Math.max(state.pushedAt, pushedAt);
    if (state.turn?.token === token) delete state.turn;
    return Promise.resolve();
  }

  readLedger(group: Group): Promise<Ledger> {
    const { holder, copies, heldSince, silentSince, pushedAt } = this.#state(group);
    const now = Date.now();
    return Promise.resolve({
      holder,
      copies: [...copies.keys()],
      holds: Object.fromEntries(copies),
      heldForMs: heldSince === undefined ? undefined : now - heldSince,
      silentSince,
      pushedAt: pushedAt === 0 ? undefined : pushedAt,
      now,
    });
  }

  noteHolder(group: Group, token: string, gateway: string): Promise<boolean> {
    const state = this.#state(group);
    if (!isTurnOf(state, token)) return Promise.resolve(false);
    state.holder = gateway;
    state.holds += 1;
    state.heldSince = Date.now();
    state.copies.set(gateway, String(state.holds));
    state.silentSince = undefined;
    return Promise.resolve(true);
  }

  noteSilence(group: Group, token: string, silentForMs: number | undefined): Promise<number | undefined> {
    const state = this.#state(group);
    if (!isTurnOf(state, token)) return Promise.resolve(undefined);
    const now = Date.now();
    state.silentSince = silentForMs === undefined ? undefined : (state.silentSince ?? now - silentForMs);
    return Promise.resolve(now - (state.silentSince ?? now));
  }

  strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    const { holder, copies } = this.#state(group);
    if (gateway !== holder && copies.get(gateway) === hold) copies.delete(gateway);
    return Promise.resolve();
  }

  beat(process: string, groups: readonly Group[]): Promise<void> {
    this.#signsOfLife.note(process, groups);
    return Promise.resolve();
  }

  silentGroups(forMs: number): Promise<readonly Group[]> {
    return Promise.resolve(this.#signsOfLife.silent(forMs));
  }

  leaveGroups(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    return Promise.resolve(this.#signsOfLife.leave(process, groups, withinMs));
  }

  strikeGroup(group: Group, forMs: number): Promise<void> {
    this.#signsOfLife.strike(group, forMs);
    return Promise.resolve();
  }

  isQuiet(group: Group, token: string, forMs: number): Promise<boolean> {
    const state = this.#state(group);
    const isQuiet = Math.max(state.pushedAt, state.lastBatchAt) <= Date.now() - forMs;
    return Promise.resolve(isQuiet && isTurnOf(state, token));
  }

  async removeGroup(group: Group, token: string, forMs: number): Promise<boolean> {
    const isQuiet = await this.isQuiet(group, token, forMs);
    if (isQuiet) this.#groups.delete(JSON.stringify(groupingLabels(group)));
    return isQuiet;
  }

  expireSeries(group: Group): Promise<boolean> {
    if (this.options.seriesTtlMs === undefined) return Promise.resolve(false);
    const { families, touched } = this.#state(group);
    for (const [member, at] of touched ?? []) {
      if (at > Date.now() - this.options.seriesTtlMs) continue;
      const [family, labels] = member.split('\n') as [string, string];
      families.get(family)?.delete(labels);
      touched?.delete(member);
    }
    return Promise.resolve(true);
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  diagnose(): Promise<readonly StoreFacts[]> {
    const facts: StoreFacts = {
      address: this.address,
      isShared: false,
      version: undefined,
      refusesWrites: false,
      snapshots: false,
      journal: false,
      evictionPolicy: undefined,
      memory: undefined,
      clockAheadMs: 0,
    };
    return Promise.resolve([facts]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #state(group: Group): GroupState {
    const id = JSON.stringify(groupingLabels(group));
    let state = this.#groups.get(id);
    if (state === undefined) {
      state = {
        sequences: new Map(),
        definitions: new Map(),
        families: new Map(),
        restoring: new Map(),
        isForgotten: false,
        touched: this.options.seriesTtlMs === undefined ? undefined : new Map<string, number>(),
        lastBatchAt: 0,
        pushedAt: 0,
        copies: new Map(),
        holds: 0,
        heldSince: undefined,
        holder: undefined,
        silentSince: undefined,
        announcements: new Announcements(),
      };
      this.#groups.set(id, state);
    }
    return state;
  }
}

function isTurnOf({ turn }: GroupState, token: string): boolean {
  return turn?.token === token && turn.endsAt > Date.now();
}

function applyBatch(state: GroupState, batch: Batch, announces: boolean): ApplyResult {
  if ((state.sequences.get(batch.writer) ?? 0) >= batch.sequence) return { outcome: 'seen' };

  const known = batch.clear ? new Map<string, ResolvedDefinition>() : state.definitions;
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
  if (batch.clear) {
    state.definitions.clear();
    state.families.clear();
    state.restoring.clear();
    state.isForgotten = true;
  }
  for (const definition of batch.definitions) define(state, definition);
  for (const updates of batch.families) applyFamily(state, updates, announces);
  return { outcome: 'applied' };
}

function define(state: GroupState, definition: ResolvedDefinition): void {
  const { name, prefetch } = definition;
  if (prefetch && !state.definitions.has(name) && !state.isForgotten) {
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
  { family, shape, clear, restores, updates }: FamilyUpdates,
  announces: boolean,
): void {
  const waiting = state.restoring.get(family);
  if (restores && waiting === undefined) return;
  if (clear || restores) state.restoring.delete(family);
  const stored = clear ? undefined : state.families.get(family);
  const series = stored ?? new Map<string, SeriesValue>();
  state.families.set(family, series);
  for (const update of updates) {
    if (restores && waiting?.removed.has(update.labels)) continue;
    if (update.op === 'remove') waiting?.removed.add(update.labels);
    if (update.labels !== '') state.touched?.set(`${family}\n${update.labels}`, Date.now());
    // What is restored was there before: at 0 it would step back.
    if (announces && !restores && shape !== 'gauge' && update.op !== 'remove' && !series.has(update.labels)) {
      state.announcements.add(family, update.labels);
    }
    const value = merge(series.get(update.labels), update);
    if (value === undefined) series.delete(update.labels);
    else series.set(update.labels, value);
  }
}

function merge(stored: SeriesValue | undefined, update: Update): SeriesValue | undefined {
  switch (update.op) {
    case 'add':
      return ((stored as number | undefined) ?? 0) + update.value;
    case 'set':
      return update.value;
    case 'observe':
      return mergeHistogram(stored as HistogramValue | undefined, update);
    case 'sketch':
      return mergeSummary(stored as SummaryValue | undefined, update);
    case 'remove':
      return undefined;
  }
}

function mergeHistogram(stored: HistogramValue | undefined, { counts, sum }: HistogramValue): HistogramValue {
  if (stored?.counts.length !== counts.length) return { counts: [...counts], sum };
  return { counts: counts.map((count, at) => count + (stored.counts[at] as number)), sum: stored.sum + sum };
}

function mergeSummary(stored: SummaryValue | undefined, update: SummaryValue & { oldestSlice: number }): SummaryValue {
  const bins = new Map<string, SummaryBin>();
  for (const bin of [...(stored?.bins ?? []), ...update.bins]) {
    if (bin.slice < update.oldestSlice) continue;
    const id = `${bin.slice}:${bin.bin}`;
    bins.set(id, { ...bin, count: bin.count + (bins.get(id)?.count ?? 0) });
  }
  return {
    sum: (stored?.sum ?? 0) + update.sum,
    count: (stored?.count ?? 0) + update.count,
    bins: [...bins.values()],
  };
}
