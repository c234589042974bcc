import type { Group } from '../model/index.js';
import type { Ledger } from './ledger.js';
import type { Starts, StoredFamily } from './series.js';
import type { ContestedFamily } from './shapes.js';

export interface PushTurn {
  /** Proves to the store that it is the caller's turn; absent while it is another process'. */
  readonly turn?: string;
  /** The store's clock at this request, in milliseconds. */
  readonly now: number;
  /** When the latest successful push of the group took its turn, by the store's clock; 0 if never. */
  readonly lastPushedAt: number;
  /** How long the other process' turn lasts, in milliseconds, unless it is prolonged or given back; 0 if taken. */
  readonly busyForMs: number;
  /** Whether that turn is one to read the group: see {@link PushWish.isReading}. Absent: it is one to push it. */
  readonly isBusyReading?: true;
}

/** When and how a push wants to begin. */
export interface PushWish {
  /** How long the turn lasts at the most, in milliseconds. */
  readonly ttlMs: number;
  /** No push if one took its turn less than this many milliseconds ago. Default: push in any case. */
  readonly notAgainWithinMs?: number;
  /** No push if one took its turn later than this, by the store's clock in milliseconds. Default: push in any case. */
  readonly notIfPushedAfter?: number;
  /**
   * When the latest push that the caller knows of took its turn, by the store's clock in milliseconds; 0: it knows of none.
   * A store that has forgotten that push is older than it was: counters with `prefetch` wait for what Prometheus has seen.
   */
  readonly knownPushAt: number;
  /** A shape that no process has named for this many milliseconds belongs to nobody, as for `Shapes.settle`. */
  readonly silentMs: number;
  /** How long a new series must have been shown at 0, in milliseconds, as for `Announcements.release`. */
  readonly shownForMs: number;
  /** Whether the push wants to know when series began. Default false. */
  readonly withStarts?: boolean;
  /** Whether the group is only read: nothing goes to a gateway. Default false. */
  readonly isReading?: boolean;
  /** Whether exemplars come with the series that are read at once. Default false. */
  readonly withExemplars?: boolean;
}

/** What a push has to know, as of the moment when it took its turn. */
export interface BegunPush {
  /** As `Shapes.settle` gives them. */
  readonly contested: readonly ContestedFamily[];
  /** As `SeriesStore.restoring` gives them. */
  readonly waiting: ReadonlyMap<string, number>;
  /** As `SeriesStore.families` gives them; the small ones with their series. */
  readonly families: readonly StoredFamily[];
  readonly ledger: Ledger;
  /** The store is older than it was: of gauges of processes it may have some values only, until each process has given a sign. Default false. */
  readonly arePartsLost?: boolean;
  /** With {@link PushWish.withStarts}: for the reading of this push. */
  readonly starts?: Starts;
}

/** Names of gauges of processes of which only a part may be there: nobody may show them yet. */
export function incompleteGauges({ families, arePartsLost = false }: BegunPush): readonly string[] {
  const gauges = arePartsLost ? families.filter(({ definition }) => definition.aggregation !== undefined) : [];
  return gauges.map(({ definition }) => definition.name);
}

/** One process at a time pushes a group. */
export interface Turns {
  /**
   * Asks for the turn to push a group. If it comes, the rest of what a push begins with is done at once: the store is
   * distrusted if it is older than it was, shapes are settled, new series released, and families and ledger read.
   */
  begin(group: Group, wish: PushWish): Promise<PushTurn & { readonly begun?: BegunPush }>;

  /** Asks for the turn to push a group, for `ttlMs` at the most. */
  take(group: Group, ttlMs: number): Promise<PushTurn>;

  /** Prolongs a turn to `ttlMs` from now; false if it is lost. */
  keep(group: Group, turn: string, ttlMs: number): Promise<boolean>;

  /**
   * Gives a turn back; `pushedAt` notes a success.
   * @param starts Those of the push, if it has shown all series with them: from now on it is known of each when it began, or that
   * nobody knows. `'none'`: it has shown series without them. Default: neither.
   */
  end(group: Group, turn: string, pushedAt?: number, starts?: Starts | 'none'): Promise<void>;

  /**
   * Which of these metrics the caller is to collect for all: those that nobody has asked for within `forMs`. Whoever pushes may not
   * have them.
   */
  collects(group: Group, metrics: readonly string[], forMs: number): Promise<readonly string[]>;
}
