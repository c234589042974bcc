import type { Group } from '../model/index.js';

/** Which groups have living processes. */
export interface SignsOfLife {
  /** Notes a sign of life of a process that counts for these groups. */
  beat(process: string, groups: readonly Group[]): Promise<void>;

  /** Groups that once had a process and have had no sign of life of any for `forMs`. */
  silentGroups(forMs: number): Promise<readonly Group[]>;

  /** Ends a process; gives those of the groups for which no other one has given a sign of life within `withinMs`. */
  leave(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]>;

  /** Forgets that a group had processes, unless one has given a sign of life within `forMs`. */
  strike(group: Group, forMs: number): Promise<void>;
}
