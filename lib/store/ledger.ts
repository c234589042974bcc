import type { Group } from '../model/index.js';

/**
 * Which gateways may hold a copy of a group. A gateway is noted before anything is sent to it, and struck only when its
 * copy is gone for good: whoever pushes next can clean up after a pusher that died at any point.
 */
export interface Ledger {
  /** The gateway that has the group. */
  readonly holder: string | undefined;
  /** Every gateway that may have a copy, the holder included. */
  readonly copies: readonly string[];
  /** For each copy the number of its hold. A gateway that gets a group again has a new number. */
  readonly holds: Readonly<Record<string, string>>;
  /** How long the holder has been it, in milliseconds; undefined without a holder. */
  readonly heldForMs: number | undefined;
  /** Copies at whose address nobody answers, and since when, by the store's clock in milliseconds. */
  readonly unreachableSince: Readonly<Record<string, number>>;
  /** Copies that were struck though nobody knows whether they are gone, and when, by the store's clock in milliseconds. */
  readonly forgottenAt: Readonly<Record<string, number>>;
  /**
   * When no gateway had the group, though copies are noted, by the store's clock in milliseconds; undefined: nobody has found that out
   * since the latest turn to push it.
   */
  readonly absentAt: number | undefined;
  /** Since when the holder has not answered, by the store's clock in milliseconds; undefined if it has. */
  readonly silentSince: number | undefined;
  /** When the latest successful push took its turn, by the store's clock in milliseconds; undefined if never. */
  readonly pushedAt: number | undefined;
  /** The store's clock at this request, in milliseconds. */
  readonly now: number;
}

/** The ledgers of all groups. `turn` proves that it is the caller's turn to push the group: see {@link PushTurn}. */
export interface Ledgers {
  read(group: Group): Promise<Ledger>;

  /** Notes the gateway that is about to get the group, before it does; false if the turn is lost. */
  noteHolder(group: Group, turn: string, gateway: string): Promise<boolean>;

  /**
   * Notes that the holder has been silent for `silentForMs` (undefined: that it answers again), and gives how long it has
   * been silent in all, in milliseconds; undefined if the turn is lost.
   */
  noteSilence(group: Group, turn: string, silentForMs: number | undefined): Promise<number | undefined>;

  /**
   * Notes gateways that may have a copy which nobody has noted, as before the first push of a group and after the store was
   * emptied; without effect on those that are noted. False if the turn is lost.
   */
  noteCopies(group: Group, turn: string, gateways: readonly string[]): Promise<boolean>;

  /**
   * Notes whether nobody answers at the address of a copy, and gives for how long that has been so, in milliseconds; 0 if
   * somebody does, or if there is no such copy.
   */
  noteUnreachable(group: Group, gateway: string, isUnreachable: boolean): Promise<number>;

  /** Notes that no gateway has the group. It holds until somebody takes the turn to push. False if the turn is lost. */
  noteAbsent(group: Group, turn: string): Promise<boolean>;

  /** Strikes a gateway whose copy of this hold is gone; without effect on the holder, and if it has held the group again. */
  strikeCopy(group: Group, gateway: string, hold: string): Promise<void>;

  /** Strikes a copy that nobody could remove. The ledger tells of it for a week. */
  forgetCopy(group: Group, gateway: string, hold: string): Promise<void>;
}
