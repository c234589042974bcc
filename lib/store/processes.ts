import type { Group } from '../model/index.js';

/** A process that gives no sign of life for this many milliseconds counts as dead: its values are left out. */
export const PROCESS_SILENT_MS = 15_000;

/** What a store says of a sign of life. */
export interface SignTaken {
  /** When it came, by the store's clock in milliseconds. */
  readonly sign: number;
  /** Whether the store knows the process by its last sign. If not, it may have lost values: they must all be sent after this. */
  readonly isKnown: boolean;
}

/** What a process knows the store to have applied: the writer of its batches, and the number of the last one; 0: none. */
export interface Confirmed {
  readonly writer: string;
  readonly sequence: number;
}

export const NOTHING_CONFIRMED: Confirmed = { writer: '', sequence: 0 };

/** The processes that have values of their own in a group: see the update `part`. */
export interface Processes {
  /**
   * Gives a sign of life.
   * @param process Unique to a living process: letters, digits, `-` and `_`.
   * @param lastSign What the store said of the last one. Default: this is the first.
   * @param confirmed A store that knows the last sign, but not this, is older than it was. Default: nothing was confirmed.
   */
  live(group: Group, process: string, lastSign?: number, confirmed?: Confirmed): Promise<SignTaken>;

  /** Ends a process: from now on its values are left out. */
  leave(group: Group, process: string): Promise<void>;
}
