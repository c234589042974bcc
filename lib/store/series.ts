import type {
  Exemplar,
  FamilyChunk,
  Group,
  NativeHistogram,
  ResolvedDefinition,
  Series,
  SummaryBin,
} from '../model/index.js';

/** A family as it was at one moment. */
export interface StoredFamily {
  readonly definition: ResolvedDefinition;
  /** Tells a store which values these were, whatever has replaced them since. */
  readonly generation: unknown;
  /** All its series as a push shows them, if they were read with it. Default: they are still to be read. */
  readonly chunk?: FamilyChunk['chunk'];
}

export interface ReadOptions {
  /** Give series that are being announced as 0, whatever they have counted. Default false. */
  readonly asAnnounced?: boolean;
  /** Gives the values of that moment: {@link StoredFamily.generation}. Default: those of now. */
  readonly generation?: unknown;
  /** Tells when series began. Series that no push has shown so far begin now, for good. Default: no start times. */
  readonly starts?: Starts;
  /** Give exemplars too, but of series that are given as 0. Default false. */
  readonly exemplars?: boolean;
}

/** How series begin, in Unix milliseconds. */
export interface Starts {
  /** Proves whose turn it is: while it is lost, nothing is noted. */
  readonly turn: string;
  /**
   * When the push took its turn, by the store's clock or by that of the process, whichever is behind. Series that no push
   * has shown before begin then.
   */
  readonly at: number;
  /** Series older than this have no start time: the store has lost it. */
  readonly lostUntil: number;
}

/** One buffered change of one series. */
export type Update =
  | { readonly op: 'add'; readonly labels: string; readonly value: number }
  | { readonly op: 'set'; readonly labels: string; readonly value: number }
  /**
   * The value of one process in a gauge of processes, which shows it while that process gives signs of life: `Store.processes`. Default:
   * it has none any more.
   */
  | { readonly op: 'part'; readonly labels: string; readonly process: string; readonly value?: number }
  | {
      readonly op: 'observe';
      readonly labels: string;
      readonly counts: readonly number[];
      readonly sum: number;
      /** Of a native histogram: the same observations once more, and how many buckets the series may have. */
      readonly native?: NativeHistogram & { readonly maxBuckets: number };
    }
  | {
      readonly op: 'sketch';
      readonly labels: string;
      readonly sum: number;
      readonly count: number;
      readonly bins: readonly SummaryBin[];
      /** Slices before this one are forgotten. */
      readonly oldestSlice: number;
    }
  /** Not of a gauge of processes: each of them removes its own values. */
  | { readonly op: 'remove'; readonly labels: string };

/** The latest exemplars of one series since they were last sent, one for each bucket. */
export interface SeriesExemplars {
  readonly labels: string;
  readonly exemplars: readonly Exemplar[];
}

export interface FamilyUpdates {
  readonly family: string;
  /** {@link definitionShape} that the updates are for. */
  readonly shape: string;
  /**
   * - `begin`: the updates begin values of the family that nobody sees before a batch shows them: {@link Batch.show};
   * - `fill`: they go on with those.
   *
   * Default: they change what is there.
   */
  readonly mode?: 'begin' | 'fill';
  /** In the order in which they were made. */
  readonly updates: readonly Update[];
  /** Of series that are among the updates. The latest of each bucket stands, whoever sends it. Default: none. */
  readonly exemplars?: readonly SeriesExemplars[];
}

/** Changes of one group by one writer; applied whole and once. */
export interface Batch {
  /** Unique to a buffer in a living process: {@link SeriesStore.number} says which it is. */
  readonly writer: string;
  /** Ascends by one with every batch of the writer. */
  readonly sequence: number;
  /** Whether the number of the next batch is wanted with the answer: that batch is made already. Default false. */
  readonly wantsNext?: boolean;
  /** Forget these families first, with their definitions and whatever their shapes; or everything the group holds. */
  readonly clear: 'all' | readonly string[];
  /** Definitions the store may not know yet. */
  readonly definitions: readonly ResolvedDefinition[];
  readonly families: readonly FamilyUpdates[];
  /**
   * Families whose values the writer has filled: they replace what was there, all at once. They also replace values of
   * another shape, unless that shape has replaced theirs before. Default: none.
   */
  readonly show?: readonly Pick<FamilyUpdates, 'family' | 'shape'>[];
}

export type NumberResult =
  | {
      readonly outcome: 'numbered';
      /** The writer that asked; a new name for it if another process uses the same one. */
      readonly writer: string;
      readonly sequence: number;
      /** Another process has written batches of this writer: one of the two is a copy, or was resumed from an older image. */
      readonly isCopy: boolean;
    }
  | Behind;

/** The store is older than it was, or was emptied: it knows the writer's batches up to this one. */
export interface Behind {
  readonly outcome: 'behind';
  readonly applied: number;
}

export type ApplyResult =
  | {
      readonly outcome: 'applied';
      /** The number of the next batch, if it was wanted. */
      readonly next?: number;
      /**
       * Families of the batch's definitions that are shown with another shape: values of the batch's shape wait. Default:
       * none.
       */
      readonly beside?: readonly string[];
    }
  /** An earlier sending of the same batch had arrived. */
  | { readonly outcome: 'seen' }
  /** Nothing was applied. Counters with `prefetch` wait for what Prometheus has seen. */
  | Behind
  /** Nothing was applied: the store does not know these families (it was emptied): send their definitions along. */
  | { readonly outcome: 'undefined'; readonly families: readonly string[] }
  /** Nothing was applied: this family cannot be written, whatever becomes of the others. */
  | { readonly outcome: 'failed'; readonly family: string; readonly reason: string }
  /** Some of it was applied, and could not be taken back. */
  | { readonly outcome: 'torn'; readonly reason: string };

/** The value that Prometheus last saw of a series. */
export interface SeenValue {
  readonly labels: string;
  readonly value: number;
}

/** The values of a group: batches change them, pushes read them. */
export interface SeriesStore {
  /**
   * Gives a writer the number of its next batch. To be called when the batch is made: then a number belongs to one batch,
   * even if the process was resumed as two from one image.
   * @param last The writer's last batch that was applied, as far as it knows; 0: none.
   */
  number(group: Group, writer: string, last: number): Promise<NumberResult>;

  /** Applies a batch whole or not at all, and never twice. */
  apply(group: Group, batch: Batch): Promise<ApplyResult>;

  /** All families of a group at one moment, sorted by name. */
  families(group: Group): Promise<readonly StoredFamily[]>;

  /** The definitions of a group, sorted by name. */
  definitions(group: Group): Promise<readonly ResolvedDefinition[]>;

  /**
   * All series of one family in chunks of bounded size, each series once, in no order; those of the definition's shape, also
   * while another one is shown.
   */
  read(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncIterable<readonly Series[]>;

  /**
   * The series of several families, one after the other, for the exposition: what the store has as text already, it gives as
   * text. Small families come together; one without series may be left out.
   */
  readText(
    group: Group,
    families: readonly StoredFamily[],
    options?: Omit<ReadOptions, 'generation'>,
  ): AsyncIterable<readonly FamilyChunk[]>;

  /**
   * Families defined with `prefetch` that the store had not known, or knows as they were earlier, and for how many
   * milliseconds they have been waiting for the values they had; none after everything was cleared on purpose.
   */
  restoring(group: Group): Promise<ReadonlyMap<string, number>>;

  /**
   * Brings back the values of a family that waits. Each series gets the larger of two: its value in Prometheus, and what
   * the store still has. What was counted since is added. Series that were removed meanwhile get nothing. The same values
   * may come again.
   * @returns false if the family does not wait any more.
   */
  restore(group: Group, definition: ResolvedDefinition, values: readonly SeenValue[]): Promise<boolean>;

  /** Unlinks what replaced values have left. Readings that began a minute ago are over. */
  sweep(group: Group): Promise<void>;
}
