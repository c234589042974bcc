import type { Group } from '../model/index.js';

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

/** One process at a time pushes a group. */
export interface Turns {
  /** Asks for the turn to push a group, for `ttlMs` at the most. */
  takeTurn(group: Group, ttlMs: number): Promise<PushTurn>;

  /** Prolongs a turn to `ttlMs` from now; false if it is lost. */
  keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean>;

  /** Gives a turn back; `pushedAt` notes a success. */
  endTurn(group: Group, token: string, pushedAt?: number): Promise<void>;
}
