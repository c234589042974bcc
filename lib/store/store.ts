import type { Group, ResolvedDefinition, SampleLines, Series, SummaryBin } from '../model/index.js';

/** How a store is to be used by this process. */
export interface StoreOptions {
  /**
   * Note every series of a counter, histogram or summary that this process makes, so that pushes show it at 0 first.
   * Default false.
   */
  readonly announces?: boolean;
  /** How many replicas must have a batch before it counts as applied. Default 0. */
  readonly waitForReplicas?: number;
  /** Series with labels that nobody updates for so long are removed, in milliseconds. Default: never. */
  readonly seriesTtlMs?: number;
}

export interface ReadOptions {
  /** Give series that are being announced as 0, whatever they have counted. Default false. */
  readonly asAnnounced?: boolean;
}

/** One buffered change of one series. */
export type Update =
  | { readonly op: 'add'; readonly labels: string; readonly value: number }
  | { readonly op: 'set'; readonly labels: string; readonly value: number }
  | { readonly op: 'observe'; readonly labels: string; readonly counts: readonly number[]; readonly sum: number }
  | {
      readonly op: 'sketch';
      readonly labels: string;
      readonly sum: number;
      readonly count: number;
      readonly bins: readonly SummaryBin[];
      /** Slices before this one are forgotten. */
      readonly oldestSlice: number;
    }
  | { readonly op: 'remove'; readonly labels: string };

export interface FamilyUpdates {
  readonly family: string;
  /** {@link definitionShape} that the updates are for. */
  readonly shape: string;
  /** Remove all series of the family first. */
  readonly clear: boolean;
  /**
   * The updates are the family's values from before the store was emptied: they count once, if it waits for them, and not
   * for series removed meanwhile. Default: no.
   */
  readonly restores?: true;
  /** In the order of their making. */
  readonly updates: readonly Update[];
}

/** Changes of one group by one writer; applied whole and once. */
export interface Batch {
  /** Unique to a buffer in a living process. */
  readonly writer: string;
  /** Ascends by one with every batch of the writer. */
  readonly sequence: number;
  /** Forget everything the group holds first, definitions included. */
  readonly clear: boolean;
  /** Definitions the store may not know yet. */
  readonly definitions: readonly ResolvedDefinition[];
  readonly families: readonly FamilyUpdates[];
}

export type ApplyResult =
  | { readonly outcome: 'applied' }
  /** An earlier sending of the same batch had arrived. */
  | { readonly outcome: 'seen' }
  /** Nothing was applied: the store does not know these families (it was emptied): send their definitions along. */
  | { readonly outcome: 'undefined'; readonly families: readonly string[] }
  /** Nothing was applied: these families are stored with another shape. */
  | { readonly outcome: 'clash'; readonly clashes: readonly Clash[] };

export interface Clash {
  readonly family: string;
  /** {@link definitionShape} of what is stored. */
  readonly storedShape: string;
}

export interface PushTurn {
  /** Token of the lock; absent if another process holds it. */
  readonly token?: string;
  /** The store's clock at this request, in milliseconds. */
  readonly now: number;
  /** When the latest successful push of the group took its turn, by the store's clock; 0 if never. */
  readonly lastPushedAt: number;
  /** How long the other process' turn lasts, in milliseconds, unless it is prolonged or given back; 0 if taken. */
  readonly busyForMs: number;
}

/**
 * Which gateways may hold a copy of a group. A gateway is noted before anything is sent to it, and struck only when its
 * copy is gone for good: whoever pushes next can clean up after a pusher that died at any point.
 */
export interface Ledger {
  /** The gateway that has the group. */
  readonly holder: string | undefined;
  /** Every gateway that may have a copy, the holder included. */
  readonly copies: readonly string[];
  /** For each copy which hold it is of: a gateway that was left and held again has another one. */
  readonly holds: Readonly<Record<string, string>>;
  /** How long the holder has been it, in milliseconds; undefined without a holder. */
  readonly heldForMs: number | undefined;
  /** Since when the holder has not answered, by the store's clock in milliseconds; undefined if it has. */
  readonly silentSince: number | undefined;
  /** When the latest successful push took its turn, by the store's clock in milliseconds; undefined if never. */
  readonly pushedAt: number | undefined;
  /** The store's clock at this request, in milliseconds. */
  readonly now: number;
}

/** What one server of a store says of itself; what it does not know, or may not tell, is undefined. */
export interface StoreFacts {
  /** For people, without secrets. */
  readonly address: string;
  /** Other processes see the same values, and these outlive this one. */
  readonly isShared: boolean;
  /** Product and version: `Redis 7.0.15`. */
  readonly version: string | undefined;
  /** Why it takes no writes: it copies another server, or cannot write to its disk; false if it does take them. */
  readonly refusesWrites: 'replica' | 'disk' | false | undefined;
  /** Whether it writes everything to disk now and then. */
  readonly snapshots: boolean | undefined;
  /** Whether it writes each change to disk, and when that is there for sure; `unknown` if only that it does is known. */
  readonly journal: 'always' | 'everysec' | 'no' | 'unknown' | false | undefined;
  /** What it forgets when its memory is full, in Redis' words: `noeviction`, `allkeys-lru`, ... */
  readonly evictionPolicy: string | undefined;
  /** `limitBytes` is 0 without a limit. */
  readonly memory: { readonly usedBytes: number; readonly limitBytes: number } | undefined;
  /** How far its clock is ahead of this process' clock, in milliseconds. */
  readonly clockAheadMs: number | undefined;
}

/** Injection token of the application's {@link Store}. */
export const STORE = Symbol('PrometheusPushgatewayStore');

/**
 * Where the current values live and what all replicas share. Every method rejects with `StoreUnavailableError` when the
 * store does not answer. Two implementations, one conformance suite.
 */
export interface Store {
  /** For people, without secrets: `redis://localhost:6379`. */
  readonly address: string;

  /** Applies a batch whole or not at all, and never twice. */
  apply(group: Group, batch: Batch): Promise<ApplyResult>;

  /** The definitions of a group, sorted by name. */
  definitions(group: Group): Promise<readonly ResolvedDefinition[]>;

  /** All series of one family in chunks of bounded size, each series once, in no order. */
  read(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncIterable<readonly Series[]>;

  /**
   * Ends the announcement of the series that pushes have shown at 0 for at least `shownForMs`; 0: of all series. Only who has
   * the turn may do that, before it reads.
   */
  releaseAnnounced(group: Group, shownForMs: number): Promise<void>;

  /** Notes that a push which took its turn at `takenAt` has just succeeded: it has shown what is being announced. */
  noteShown(group: Group, takenAt: number): Promise<void>;

  /** As {@link read}, for the exposition: what the store has as text already, it gives as text. */
  readText(
    group: Group,
    definition: ResolvedDefinition,
    options?: ReadOptions,
  ): AsyncIterable<readonly Series[] | SampleLines>;

  /**
   * Families defined with `prefetch` that the store had not known, and for how many milliseconds they have been waiting for
   * the values they had before; none after everything was forgotten on purpose.
   */
  restoring(group: Group): Promise<ReadonlyMap<string, number>>;

  /** Asks for the turn to push a group, for `ttlMs` at the most. */
  takeTurn(group: Group, ttlMs: number): Promise<PushTurn>;

  /** Prolongs a turn to `ttlMs` from now; false if it is lost. */
  keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean>;

  /** Gives a turn back; `pushedAt` notes a success. */
  endTurn(group: Group, token: string, pushedAt?: number): Promise<void>;

  readLedger(group: Group): Promise<Ledger>;

  /** Notes the gateway that is about to get the group, before it does; false if the turn is lost. */
  noteHolder(group: Group, token: string, gateway: string): Promise<boolean>;

  /**
   * Notes that the holder has been silent for `silentForMs` (undefined: that it answers again), and gives how long it has
   * been silent in all, in milliseconds; undefined if the turn is lost.
   */
  noteSilence(group: Group, token: string, silentForMs: number | undefined): Promise<number | undefined>;

  /** Strikes a gateway whose copy of this hold is gone; without effect on the holder, and if it has held the group again. */
  strikeCopy(group: Group, gateway: string, hold: string): Promise<void>;

  /** Notes a sign of life of a process that counts for these groups. */
  beat(process: string, groups: readonly Group[]): Promise<void>;

  /** Groups that once had a process and have had no sign of life of any for `forMs`. */
  silentGroups(forMs: number): Promise<readonly Group[]>;

  /** Ends a process; gives those of the groups for which no other one has given a sign of life within `withinMs`. */
  leaveGroups(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]>;

  /** Forgets that a group had processes, unless one has given a sign of life within `forMs`. */
  strikeGroup(group: Group, forMs: number): Promise<void>;

  /** Whether nobody has written or pushed a group within `forMs`; false if the turn is lost. */
  isQuiet(group: Group, token: string, forMs: number): Promise<boolean>;

  /** Removes everything of a group, its ledger and the turn included; false if it is not quiet: see {@link isQuiet}. */
  removeGroup(group: Group, token: string, forMs: number): Promise<boolean>;

  /** Removes series that are due, if this store lets them expire; false if it does not. */
  expireSeries(group: Group): Promise<boolean>;

  /** Resolves when the store answers. */
  ping(): Promise<void>;

  /** What its servers say of themselves, at least one; changes nothing. */
  diagnose(): Promise<readonly StoreFacts[]>;

  /** Closes what the store opened itself. */
  close(): Promise<void>;
}
