/** What a counting process (processes/writer.ts) and its parent say to each other. */
export interface WriterPlan {
  /** Stops counting after this many; `finish` may come earlier. */
  readonly increments: number;
  /** Increments made without a pause. */
  readonly burst: number;
  readonly pauseMs: number;
  /** Label sets of each labelled metric. */
  readonly series: number;
}

/** What was counted, by the process itself. */
export interface Tally {
  made: number;
  /** Of the counter, by series. */
  events: number[];
  /** Sum of the gauge's series. */
  level: number;
  /** Observations per bucket (10, 50, 100, +Inf), not cumulative, and the sum. */
  sizes: [number, number, number, number];
  sizesSum: number;
  spans: number;
  spansSum: number;
}

export type WriterOrder = 'flush' | 'memory' | 'finish';

export type WriterMessage =
  | { readonly kind: 'ready' }
  /** `events` of the `made` increments were of the counter; `atMs` by the process' own clock. */
  | { readonly kind: 'progress'; readonly made: number; readonly events: number; readonly atMs: number }
  | { readonly kind: 'made all' }
  /** What had been counted when the flush began, which has succeeded. */
  | { readonly kind: 'flushed'; readonly tally: Tally }
  /** A line of its log, its level before it. */
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'memory'; readonly heapBytes: number }
  /** All is stored and the application closed. `lines` is its whole log. */
  | {
      readonly kind: 'finished';
      readonly tally: Tally;
      readonly lines: readonly string[];
      readonly longestBlockMs: number;
    };

export function emptyTally(series: number): Tally {
  return {
    made: 0,
    events: new Array<number>(series).fill(0),
    level: 0,
    sizes: [0, 0, 0, 0],
    sizesSum: 0,
    spans: 0,
    spansSum: 0,
  };
}

/** What several processes counted together. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const total = emptyTally(tallies[0]?.events.length ?? 0);
  for (const tally of tallies) {
    total.made += tally.made;
    total.events = total.events.map((count, at) => count + (tally.events[at] ?? 0));
    total.level += tally.level;
    total.sizes = total.sizes.map((count, at) => count + (tally.sizes[at] ?? 0)) as Tally['sizes'];
    total.sizesSum += tally.sizesSum;
    total.spans += tally.spans;
    total.spansSum += tally.spansSum;
  }
  return total;
}
