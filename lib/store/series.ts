import type { Group, ResolvedDefinition, SampleLines, Series, SummaryBin } from '../model/index.js';

export interface ReadOptions {
  /** Give series that are being announced as 0, whatever they have counted. Default false. */
  readonly asAnnounced?: boolean;
}

/** One buffered change of one series. */
export type Update =
  | { readonly op: 'add'; readonly labels: string; readonly value: number }
  | { readonly op: 'set'; readonly labels: string; readonly value: number }
  | { readonly op: 'observe'; readonly labels: string; readonly counts: readonly number[]; readonly sum: number }
  | {
      readonly op: 'sketch';
      readonly labels: string;
      readonly sum: number;
      readonly count: number;
      readonly bins: readonly SummaryBin[];
      /** Slices before this one are forgotten. */
      readonly oldestSlice: number;
    }
  | { readonly op: 'remove'; readonly labels: string };

export interface FamilyUpdates {
  readonly family: string;
  /** {@link definitionShape} that the updates are for. */
  readonly shape: string;
  /**
   * - `reset`: remove all series of the family first;
   * - `restore`: the updates are the family's values from before the store was emptied: they count once, if it waits for
   *   them, and not for series removed meanwhile.
   *
   * Default: they change what is there.
   */
  readonly mode?: 'reset' | 'restore';
  /** In the order of their making. */
  readonly updates: readonly Update[];
}

/** Changes of one group by one writer; applied whole and once. */
export interface Batch {
  /** Unique to a buffer in a living process. */
  readonly writer: string;
  /** Ascends by one with every batch of the writer. */
  readonly sequence: number;
  /** Forget these families first, with their definitions and whatever their shapes; or everything the group holds. */
  readonly clear: 'all' | readonly string[];
  /** Definitions the store may not know yet. */
  readonly definitions: readonly ResolvedDefinition[];
  readonly families: readonly FamilyUpdates[];
}

export type ApplyResult =
  | { readonly outcome: 'applied' }
  /** An earlier sending of the same batch had arrived. */
  | { readonly outcome: 'seen' }
  /** Nothing was applied: the store does not know these families (it was emptied): send their definitions along. */
  | { readonly outcome: 'undefined'; readonly families: readonly string[] }
  /** Nothing was applied: these families are stored with another shape. */
  | { readonly outcome: 'clash'; readonly clashes: readonly Clash[] };

export interface Clash {
  readonly family: string;
  /** {@link definitionShape} of what is stored. */
  readonly storedShape: string;
}

/** The values of a group: batches change them, pushes read them. */
export interface SeriesStore {
  /** Applies a batch whole or not at all, and never twice. */
  apply(group: Group, batch: Batch): Promise<ApplyResult>;

  /** The definitions of a group, sorted by name. */
  definitions(group: Group): Promise<readonly ResolvedDefinition[]>;

  /** All series of one family in chunks of bounded size, each series once, in no order. */
  read(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncIterable<readonly Series[]>;

  /** As {@link read}, for the exposition: what the store has as text already, it gives as text. */
  readText(
    group: Group,
    definition: ResolvedDefinition,
    options?: ReadOptions,
  ): AsyncIterable<readonly Series[] | SampleLines>;

  /**
   * Families defined with `prefetch` that the store had not known, and for how many milliseconds they have been waiting for
   * the values they had before; none after everything was forgotten on purpose.
   */
  restoring(group: Group): Promise<ReadonlyMap<string, number>>;
}
