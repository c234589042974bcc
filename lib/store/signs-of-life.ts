import type { Group } from '../model/index.js';

/** One sign of life. */
export interface SignOfLife {
  /** Unique to a living process. */
  readonly process: string;
  /** What it counts for and pushes. */
  readonly groups: readonly Group[];
  /** Addresses of the gateways that it has configured. */
  readonly gateways: readonly string[];
  /** Whether its groups are to be removed once they have no process any more. */
  readonly isWatched: boolean;
}

/** Which groups have living processes. */
export interface SignsOfLife {
  beat(sign: SignOfLife): Promise<void>;

  /**
   * Addresses of the gateways that living processes of this group have configured: those that gave a sign of life within
   * `withinMs`. Without a group: of any living process.
   */
  gateways(withinMs: number, group?: Group): Promise<readonly string[]>;

  /** Groups that were watched, had a process once, and have had no sign of life of any for `forMs`. */
  silentGroups(forMs: number): Promise<readonly Group[]>;

  /** Ends a process; gives those of the groups for which no other one has given a sign of life within `withinMs`. */
  leave(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]>;

  /** Forgets that a group had processes, unless one has given a sign of life within `forMs`. */
  strike(group: Group, forMs: number): Promise<void>;
}
