import { setTimeout as wait } from 'node:timers/promises';
import type { Group } from '../../model/index.js';
import { groupingKeyOf } from '../client/grouping-key.js';

/** Between attempts at a gateway that pushes go to: its copy must not outlive its return by more than a scrape. */
const RETRY_MS = 200;
/** Longest time between attempts at any other gateway. It may never come back, or come back with what it keeps on a disk. */
const LONGEST_RETRY_MS = 5_000;

/** `unreachable`: there was nobody to ask. */
export type AttemptOutcome = 'done' | 'failed' | 'unreachable';

/**
 * Removes groups from one gateway, attempt after attempt. At a frozen gateway a request of each group waits. While a
 * gateway cannot be reached, a single group tries, and finds out when the gateway is back.
 */
export class GatewayCleaning {
  readonly #groups = new Map<string, Group>();
  readonly #underWay = new Set<string>();
  #delayMs = RETRY_MS;
  #hasFailed = false;
  #isUnreachable = false;
  #isRunning = false;

  constructor(
    private readonly isConfigured: boolean,
    /** Never rejects. */
    private readonly attempt: (group: Group) => Promise<AttemptOutcome>,
    private readonly closing: AbortSignal,
  ) {}

  /** How many groups are to be removed. */
  get size(): number {
    return this.#groups.size;
  }

  add(group: Group): void {
    this.#groups.set(JSON.stringify(groupingKeyOf(group)), group);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#groups.size > 0 && !this.closing.aborted) {
      for (const [id, group] of this.#due()) void this.#attempt(id, group);
      await wait(this.#delayMs, undefined, { ref: false, signal: this.closing }).catch(() => undefined);
      if (this.#hasFailed && !this.isConfigured) this.#delayMs = Math.min(2 * this.#delayMs, LONGEST_RETRY_MS);
      this.#hasFailed = false;
    }
    this.#isRunning = false;
  }

  #due(): [id: string, group: Group][] {
    const due = [...this.#groups].filter(([id]) => !this.#underWay.has(id));
    // If a request is still under way, the gateway can be reached again: all others follow.
    return this.#isUnreachable && this.#underWay.size === 0 ? due.slice(0, 1) : due;
  }

  async #attempt(id: string, group: Group): Promise<void> {
    this.#underWay.add(id);
    const outcome = await this.attempt(group);
    this.#underWay.delete(id);
    this.#isUnreachable = outcome === 'unreachable';
    if (outcome === 'done') {
      this.#groups.delete(id);
      this.#delayMs = RETRY_MS;
    } else this.#hasFailed = true;
  }
}
