import { StoreFormatError } from '../../errors/index.js';
import type { Group, ResolvedDefinition } from '../../model/index.js';
import { STORE_FORMAT } from '../format.js';
import { groupId } from '../group-id.js';
import type { SeriesExemplars } from './series-exemplars.js';
import type { SeriesStarts } from './series-starts.js';
import type { StoredValue } from './stored-value.js';

/** Everything this process knows of one group. */
export interface GroupState {
  /** As `#format` in Redis. */
  readonly format: string;
  /** Writer -> its last batch that was applied, and the last number that it was given. */
  readonly writers: Map<string, { applied: number; issued: number }>;
  /** How many writers got an id of their own, since theirs was another process' too. */
  lives: number;
  lastBatchAt: number;
  readonly definitions: Map<string, ResolvedDefinition>;
  /** Family -> labels -> value: the generation that is shown. */
  readonly families: Map<string, Map<string, StoredValue>>;
  /**
   * Family -> shape -> when a living process last had it, and when another one took its place; only for families with
   * several.
   */
  readonly shapes: Map<string, Map<string, ShapeTimes>>;
  /** Family -> shape -> definition and values that wait while another shape is shown. */
  readonly beside: Map<string, Map<string, Beside>>;
  /** Family, `#`, writer -> what that writer fills before it is shown. */
  readonly hidden: Map<string, Map<string, StoredValue>>;
  /**
   * Families that wait for their values from before: since when, what was counted meanwhile, and which series were removed.
   */
  readonly restoring: Map<string, { since: number; counted: Map<string, number>; removed: Set<string> }>;
  /** All was cleared on purpose: nothing is restored any more. */
  isCleared: boolean;
  /** Families that were cleared on purpose: they are not restored any more. */
  readonly cleared: Set<string>;
  /** {@link seriesId} of series with labels -> when they last changed; only if series expire. */
  readonly changed: Map<string, number>;
  turn?: { id: string; endsAt: number; isReading: boolean };
  /** Metric that one process collects for all -> until when nobody else does. */
  readonly collected: Map<string, number>;
  /** When the latest successful push took its turn; 0 if never. */
  pushedAt: number;
  holder: string | undefined;
  heldSince: number | undefined;
  silentSince: number | undefined;
  absentAt: number | undefined;
  /** Gateway -> the number of the hold of its copy. */
  readonly copies: Map<string, string>;
  /** Copies at whose address nobody answers -> since when. */
  readonly unreachable: Map<string, number>;
  /** Copies that were struck though nobody could remove them -> when. */
  readonly forgotten: Map<string, number>;
  holds: number;
  /** {@link seriesId} of each series that is being announced -> when it was made. */
  readonly announced: Map<string, number>;
  /** Pushes that have succeeded while series were being announced, in their order. */
  shown: { readonly takenAt: number; readonly endedAt: number }[];
  readonly starts: SeriesStarts;
  readonly exemplars: SeriesExemplars;
  /** Process that has values of its own -> its last sign of life. */
  readonly processes: Map<string, number>;
  /** Since when there have been signs of life without a gap. */
  processesSince: number;
}

export interface ShapeTimes {
  said: number;
  /** 0: never. */
  replaced: number;
}

export interface Beside {
  definition: ResolvedDefinition;
  values?: Map<string, StoredValue>;
}

export class GroupStates {
  readonly #states = new Map<string, GroupState>();

  /** @throws StoreFormatError */
  async of(group: Group): Promise<GroupState> {
    const id = groupId(group);
    const state = this.#states.get(id) ?? emptyState();
    this.#states.set(id, state);
    if (state.format !== STORE_FORMAT) throw new StoreFormatError('The store in memory', state.format, STORE_FORMAT);
    return Promise.resolve(state);
  }

  /** As a process with another version of the package would leave it. */
  create(group: Group, format: string): void {
    this.#states.set(groupId(group), { ...emptyState(), format });
  }

  delete(group: Group): void {
    this.#states.delete(groupId(group));
  }
}

export function isTurnOf({ turn: current }: GroupState, turn: string): boolean {
  return current?.id === turn && current.endsAt > Date.now();
}

/** As `series_id` in Redis: no name of a family has a brace. */
export function seriesId(family: string, labels: string): string {
  return `${family}{${labels}`;
}

export function partsOfSeriesId(id: string): readonly [family: string, labels: string] {
  const at = id.indexOf('{');
  return [id.slice(0, at), id.slice(at + 1)];
}

/** What is known of generations that were replaced or cleared. */
export function sweepGenerations({ starts, exemplars, families, beside, hidden }: GroupState): void {
  const living = new Set([...families.values(), ...hidden.values()]);
  for (const shapes of beside.values()) for (const { values } of shapes.values()) if (values) living.add(values);
  for (const known of [starts, exemplars]) {
    for (const generation of known.keys()) if (!living.has(generation)) known.delete(generation);
  }
}

function emptyState(): GroupState {
  return {
    format: STORE_FORMAT,
    writers: new Map(),
    lives: 0,
    lastBatchAt: 0,
    definitions: new Map(),
    families: new Map(),
    shapes: new Map(),
    beside: new Map(),
    hidden: new Map(),
    restoring: new Map(),
    isCleared: false,
    cleared: new Set(),
    changed: new Map(),
    collected: new Map(),
    pushedAt: 0,
    holder: undefined,
    heldSince: undefined,
    silentSince: undefined,
    absentAt: undefined,
    copies: new Map(),
    unreachable: new Map(),
    forgotten: new Map(),
    holds: 0,
    announced: new Map(),
    shown: [],
    starts: new Map(),
    exemplars: new Map(),
    processes: new Map(),
    processesSince: 0,
  };
}
