import type { Group, ResolvedDefinition, SeriesValue } from '../../model/index.js';
import { groupId } from '../group-id.js';

/** Everything this process knows of one group. */
export interface GroupState {
  /** Writer -> sequence of its last batch. */
  readonly sequences: Map<string, number>;
  lastBatchAt: number;
  readonly definitions: Map<string, ResolvedDefinition>;
  /** Family -> labels -> value. */
  readonly families: Map<string, Map<string, SeriesValue>>;
  /** Families that wait for their values from before: since when, and which series were removed meanwhile. */
  readonly restoring: Map<string, { since: number; removed: Set<string> }>;
  /** All was forgotten on purpose: nothing is restored any more. */
  isForgotten: boolean;
  /** {@link seriesId} of series with labels -> when they were last updated; only if series expire. */
  readonly touched: Map<string, number>;
  turn?: { token: string; endsAt: number };
  /** When the latest successful push took its turn; 0 if never. */
  pushedAt: number;
  holder: string | undefined;
  heldSince: number | undefined;
  silentSince: number | undefined;
  /** Gateway -> the hold that its copy is of. */
  readonly copies: Map<string, string>;
  holds: number;
  /** {@link seriesId} of each series that is being announced -> when it was made. */
  readonly announced: Map<string, number>;
  /** Pushes that have succeeded while series were being announced, in their order. */
  shown: { readonly takenAt: number; readonly endedAt: number }[];
}

export class GroupStates {
  readonly #states = new Map<string, GroupState>();

  of(group: Group): GroupState {
    const id = groupId(group);
    let state = this.#states.get(id);
    if (state === undefined) {
      state = emptyState();
      this.#states.set(id, state);
    }
    return state;
  }

  delete(group: Group): void {
    this.#states.delete(groupId(group));
  }
}

/** Neither half has a line break of its own: in labels it is escaped. */
export function seriesId(family: string, labels: string): string {
  return `${family}\n${labels}`;
}

function emptyState(): GroupState {
  return {
    sequences: new Map(),
    lastBatchAt: 0,
    definitions: new Map(),
    families: new Map(),
    restoring: new Map(),
    isForgotten: false,
    touched: new Map(),
    pushedAt: 0,
    holder: undefined,
    heldSince: undefined,
    silentSince: undefined,
    copies: new Map(),
    holds: 0,
    announced: new Map(),
    shown: [],
  };
}
