import type { Group } from '../model/index.js';

export interface PushTurn {
  /** Proves to the store that it is the caller's turn; absent while it is another process'. */
  readonly turn?: string;
  /** The store's clock at this request, in milliseconds. */
  readonly now: number;
  /** When the latest successful push of the group took its turn, by the store's clock; 0 if never. */
  readonly lastPushedAt: number;
  /** How long the other process' turn lasts, in milliseconds, unless it is prolonged or given back; 0 if taken. */
  readonly busyForMs: number;
}

/** One process at a time pushes a group. */
export interface Turns {
  /** Asks for the turn to push a group, for `ttlMs` at the most. */
  take(group: Group, ttlMs: number): Promise<PushTurn>;

  /** Prolongs a turn to `ttlMs` from now; false if it is lost. */
  keep(group: Group, turn: string, ttlMs: number): Promise<boolean>;

  /** Gives a turn back; `pushedAt` notes a success. */
  end(group: Group, turn: string, pushedAt?: number): Promise<void>;
}
