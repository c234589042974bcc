import type { Group } from '../model/index.js';

/** What a process has defined. */
export interface DefinedShape {
  readonly family: string;
  /** {@link definitionShape}. */
  readonly shape: string;
}

/** A family that living processes, or some that have ended, define differently. */
export interface ContestedFamily {
  readonly family: string;
  /** {@link definitionShape} whose values are shown. */
  readonly shown: string;
  /** Those whose values wait. One that was replaced comes back only when the shown one has been nobody's for a day. */
  readonly waiting: readonly { readonly shape: string; readonly wasReplaced: boolean }[];
}

/** Which of several shapes of a family is shown, as after a deploy that has changed its definition. */
export interface Shapes {
  /** The families of which other shapes wait, sorted by name; changes nothing. */
  contested(group: Group): Promise<readonly ContestedFamily[]>;

  /**
   * Says what a living process has defined, and shows what waits beside shapes that nobody has defined any more.
   * @param silentMs A shape that no process has named for this many milliseconds belongs to nobody.
   * @returns as {@link contested}, afterwards.
   */
  settle(group: Group, silentMs: number, defined: readonly DefinedShape[]): Promise<readonly ContestedFamily[]>;
}
