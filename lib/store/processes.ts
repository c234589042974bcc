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

/** The processes that have values of their own in a group: see the update `part`. */
export interface Processes {
  /**
   * Gives a sign of life.
   * @param process Unique to a living process: letters, digits, `-` and `_`.
   * @param lastSign What the store said of the last one. Default: this is the first.
   */
  live(group: Group, process: string, lastSign?: number): Promise<SignTaken>;

  /** Ends a process: from now on its values are left out. */
  leave(group: Group, process: string): Promise<void>;
}
