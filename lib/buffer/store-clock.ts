import type { Group } from '../model/index.js';
import type { Ledgers } from '../store/index.js';

/** Clocks drift by milliseconds in this time; one that is set is noticed within it. */
const ASK_AGAIN_MS = 60_000;

/**
 * The store's clock, as this process knows it: what all replicas share goes by it, however wrong the clock of one of them is.
 * Until the store has told it is taken for this process' own.
 */
export class StoreClock {
  #aheadMs = 0;
  /** By `performance.now()`. */
  #askedAt = -Infinity;

  constructor(private readonly ledgers: Pick<Ledgers, 'read'>) {}

  /** How far it is ahead of this process' clock, in milliseconds. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Unix time in milliseconds. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Asks the store, any of whose groups will do, once a minute. If it does not answer, nothing changes; never rejects. */
  async learn(group: Group): Promise<void> {
    if (performance.now() - this.#askedAt < ASK_AGAIN_MS) return;
    const asked = Date.now();
    try {
      const { now } = await this.ledgers.read(group);
      // The middle of the time that asking took.
      this.#aheadMs = now - (asked + Date.now()) / 2;
      this.#askedAt = performance.now();
    } catch {
      // The store is away: whoever needs it next will log that.
    }
  }
}
