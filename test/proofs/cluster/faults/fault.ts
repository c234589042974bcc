import type { Cluster, ClusterOptions } from '../cluster.js';
import type { Strategy } from '../strategies.js';

/** A number from 0 to less than this: whom it hits. In a cell of the table always 0, in a random sequence by its seed. */
export type Chooser = (count: number) => number;

/** Something that goes wrong, and is mended again. */
export interface Fault {
  readonly name: string;
  /** What is no part of random sequences: there would be nothing random about it. */
  readonly cell?: 'table only';
  /** What kind of cluster it needs. */
  readonly cluster?: ClusterOptions;
  /** Whether it can happen to this strategy. Default: to any. */
  readonly happensTo?: (strategy: Strategy) => boolean;
  /**
   * Resolves when it is mended.
   * @param lastingMs how long it lasts, if it can last any time.
   */
  readonly strike: (cluster: Cluster, choose: Chooser, lastingMs: number) => Promise<void>;
}
