import type { Group } from '../model/index.js';

/** Removes what nobody updates any more: whole groups, single series. */
export interface Removal {
  /** Whether nobody has written or pushed a group within `forMs`; false if the turn is lost. */
  isQuiet(group: Group, turn: string, forMs: number): Promise<boolean>;

  /** Removes everything of a group, its ledger and the turn included; false if it is not quiet: see {@link isQuiet}. */
  removeGroup(group: Group, turn: string, forMs: number): Promise<boolean>;

  /** Removes series that are due, if this store lets them expire; false if it does not. */
  expireSeries(group: Group): Promise<boolean>;
}
