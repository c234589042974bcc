import type { Announcements } from './announcements.js';
import type { Ledgers } from './ledger.js';
import type { Processes } from './processes.js';
import type { Removal } from './removal.js';
import type { SeriesStore } from './series.js';
import type { Shapes } from './shapes.js';
import type { SignsOfLife } from './signs-of-life.js';
import type { Turns } from './turns.js';

/** How a store is to be used by this process. */
export interface StoreOptions {
  /**
   * Note every series of a counter, histogram or summary that this process makes, so that pushes show it at 0 first.
   * Default false.
   */
  readonly notesNew?: boolean;
  /** How many replicas must have a batch before it counts as applied. Default 0. */
  readonly waitForReplicas?: number;
  /** Series with labels that nobody updates for this many milliseconds are removed. Default: never. */
  readonly seriesTtlMs?: number;
  /** The application is still starting: until {@link Store.started} nothing stays open that would keep its process alive. */
  readonly isStarting?: boolean;
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
  /** Keys that it has thrown away since it started, as its memory was full: anybody's. */
  readonly evictedKeys: number | undefined;
  /** `limitBytes` is 0 without a limit. */
  readonly memory: { readonly usedBytes: number; readonly limitBytes: number } | undefined;
  /** How far its clock is ahead of this process' clock, in milliseconds. */
  readonly clockAheadMs: number | undefined;
}

/** Injection token of the application's {@link Store}. */
export const STORE = Symbol('PrometheusPushgatewayStore');

/**
 * Where the current values live and what all replicas share, by subject. Every method of every part rejects with
 * `StoreUnavailableError` when the store does not answer, and with its kind `StoreFormatError` when the store holds data in
 * another format than this version of the package writes. Two implementations, one conformance suite.
 */
export interface Store {
  readonly series: SeriesStore;
  readonly shapes: Shapes;
  readonly turns: Turns;
  readonly ledgers: Ledgers;
  readonly announcements: Announcements;
  readonly processes: Processes;
  readonly removal: Removal;
  readonly signsOfLife: SignsOfLife;

  /** For people, without secrets: `redis://localhost:6379`. */
  readonly address: string;

  /** Whether it has ever let this process in: connected, and taken its credentials. */
  readonly wasReached: boolean;

  /** Resolves when the store answers. */
  ping(): Promise<void>;

  /** What its servers say of themselves, at least one; changes nothing. */
  diagnose(): Promise<readonly StoreFacts[]>;

  /**
   * Does once all that is ever asked of a store, on keys of its own that expire: this shows whether it may. Resolves when
   * nothing failed.
   */
  rehearse(): Promise<void>;

  /** The application has started: what is opened from now on stays open. Only with {@link StoreOptions.isStarting}. */
  started(): void;

  /** Closes what the store opened itself. */
  close(): Promise<void>;
}
