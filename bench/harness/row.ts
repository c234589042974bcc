/** What one run of a contestant measured: `{ wallMs: 730, cpuMs: 350 }`. */
export type Figures = Readonly<Record<string, number>>;

/** Somebody who can be measured again and again: we, or a peer. */
export type Contestant = () => Promise<Figures>;

/**
 * How a row compares.
 * - `faster`: peer / us, how many times less we need; more is better
 * - `times`: us / peer, how many times more we need; less is better
 * - `over`: us - peer, what we add; less is better
 * - `alone`: us; less is better
 */
export type Comparison = 'faster' | 'times' | 'over' | 'alone';

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly unit: 'ns' | 'ms' | 'us' | 'MB' | 'bytes' | 'commands';
  readonly compare: Comparison;
  /** Our figure, as `contestant.figure`. */
  readonly us: string;
  /** The peer's, likewise; none if we stand alone. */
  readonly peer?: string;
  /** Must be reached; absent: a row to know, not to pass. */
  readonly least?: number;
  readonly aim?: number;
}

/** Rows that the same runs answer. */
export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
  /** How often each contestant runs; default 5. */
  readonly rounds?: number;
  /** Starts what the contestants need, and says who can run here. */
  start(): Promise<Field>;
}

/** The contestants of a group, in the order in which each round runs them. */
export interface Field {
  readonly contestants: Readonly<Record<string, Contestant>>;
  /** Who cannot run here, and why. Rows about them are left out. */
  readonly absent?: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}
