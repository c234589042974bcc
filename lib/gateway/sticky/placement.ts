import { setTimeout as wait } from 'node:timers/promises';
import { HttpTimeoutError } from '../../errors/index.js';
import { takenOver } from '../../errors/taken-over.js';
import type { Group } from '../../model/index.js';
import type { Ledger, Ledgers } from '../../store/index.js';
import type { CopyCleaner } from '../cleaning/copy-cleaner.js';
import { everywhere, type GatewayDirectory } from '../gateway-directory.js';
import { GatewayPoolError, type GroupPush, type PoolListener } from '../gateway-pool.js';
import { whoShows } from './shown-group.js';
import { type Verdict, verdictOf, type Witness } from './witness.js';

export interface PlacementOptions {
  readonly ledgers: Ledgers;
  readonly witness: Witness;
  readonly cleaner: CopyCleaner;
  readonly directory: GatewayDirectory;
  readonly listener: PoolListener;
  /** How long a holder may be silent before its groups move. */
  readonly failoverAfterMs: number;
  /** Longest time of a push: it also limits the wait for a scrape that tells whether its gateway is gone. */
  readonly timeoutMs: number;
}

/**
 * Why a gateway may be gone. `refused`: it refuses the connection. `unreachable`: the balancer before it answers that it
 * could not connect. `silent`: no answer comes; that is no reason to move before `failoverAfterMs`.
 */
export type Doubt = 'refused' | 'unreachable' | 'silent';

const WHY = {
  lives:
    'Prometheus still scrapes it, so new values wait until it can be reached: on another gateway they would look like counter resets',
  open: 'the group moves once Prometheus has not been able to scrape it either',
} as const;
/** A gateway that thaws first answers the requests that waited in its sockets. After this time it is done with them. */
const BACKLOG_MS = 1_000;
/** Between looks at Prometheus. */
const POLL_MS = 250;

/** Where one group is, during one push: what the ledger says, and what this push notes in it. */
export class Placement {
  readonly #endsAt: number;
  #noted: string | undefined;
  /** Since when the noted gateway has the group, by `performance.now()`. */
  #heldSince: number;
  #why: string | undefined;
  /** Whether the holder is noted as silent, by an earlier push or by this one. */
  #isSilenceNoted: boolean;
  /** Gateways that may show the group, as the store does not know who has it. */
  #showing: readonly string[];

  private constructor(
    private readonly options: PlacementOptions,
    private readonly push: Omit<GroupPush, 'text' | 'mode' | 'ledger'>,
    private readonly ledger: Ledger,
  ) {
    const { holder, heldForMs = 0 } = ledger;
    const { directory, timeoutMs } = options;
    this.#noted = holder;
    this.#isSilenceNoted = ledger.silentSince !== undefined;
    this.#heldSince = performance.now() - heldForMs;
    this.#endsAt = performance.now() + timeoutMs;
    this.#showing = holder === undefined ? everywhere(directory) : [];
  }

  static async open(options: PlacementOptions, push: Omit<GroupPush, 'text' | 'mode'>): Promise<Placement> {
    const ledger = push.ledger ?? (await options.ledgers.read(push.group));
    const placement = new Placement(options, push, ledger);
    // The first push, or the store has been emptied since: any gateway may have it.
    if (ledger.holder === undefined) await placement.#noteEverywhere();
    return placement;
  }

  get group(): Group {
    return this.push.group;
  }

  /** Gives the push up. */
  get signal(): AbortSignal | undefined {
    return this.push.signal;
  }

  /** The gateway that had the group when this push began. */
  get holder(): string | undefined {
    return this.ledger.holder;
  }

  /**
   * Whether DELETEs of this group may wait at a gateway: it had the group, and nobody knows yet that its copy is gone. They
   * would remove what the gateway gets now, and nobody can take them back.
   */
  isLeft(gateway: string): boolean {
    const { holder, holds } = this.ledger;
    return holder !== undefined && gateway !== holder && holds[gateway] !== undefined;
  }

  /**
   * Whether a gateway may be the next holder. Where DELETEs may wait, the gateway has to answer first: then it works
   * through them.
   */
  async mayHold(gateway: string): Promise<boolean> {
    return !this.isLeft(gateway) || this.options.cleaner.isThere(gateway);
  }

  /**
   * Notes a gateway before anything is sent to it: whatever happens to this process, the next one knows where copies may be.
   * @throws PushLockError if another process has taken over; GatewayPoolError if another gateway shows the group.
   */
  async hold(gateway: string): Promise<void> {
    if (gateway === this.#noted) return;
    await this.#clearFor(gateway);
    this.#required(await this.options.ledgers.noteHolder(this.group, this.push.turn, gateway));
    this.#noted = gateway;
    this.#heldSince = performance.now();
    // From now on no process sends another DELETE there.
    if (this.isLeft(gateway)) await this.#letPass();
  }

  /**
   * Whether the group may leave a gateway that cannot be reached: while Prometheus still scrapes it, a second copy elsewhere
   * would zigzag with it. Waits for the scrape that tells, within the time of this push.
   * @param attemptMs How long the attempt to reach it took.
   */
  async mayLeave(gateway: string, doubt: Doubt, attemptMs: number): Promise<boolean> {
    for (;;) {
      // A push that was given up does not show whether the gateway is there.
      if (this.signal?.aborted) return false;
      const { ledgers, failoverAfterMs, listener } = this.options;
      const silentMs = this.#required(await ledgers.noteSilence(this.group, this.push.turn, attemptMs));
      this.#isSilenceNoted = true;
      const isOverdue = silentMs >= failoverAfterMs;
      if (!isOverdue && doubt === 'silent') return false;
      const verdict = await this.#judge(performance.now() - this.#heldSince, silentMs);
      if (verdict === 'gone') return true;
      // A balancer that cannot connect may be the one that is cut off.
      if (verdict === 'unknown') return isOverdue || doubt === 'refused';
      this.#why = WHY[verdict];
      // 0 would mean that the silence is over.
      if (verdict === 'lives') listener.delayed(this.group, gateway, Math.max(silentMs, 1));
      if (verdict === 'lives' || !(await this.#waitForScrape())) return false;
    }
  }

  /**
   * Removes the group from a holder that has just answered, within half of the time that is left: as
   * CopyCleaner.releaseFrom does.
   */
  async release(holder: string): Promise<boolean> {
    const withinMs = Math.max(0, Math.round((this.#endsAt - performance.now()) / 2));
    const late = wait(withinMs, undefined, { ref: false }).then(() => {
      throw new HttpTimeoutError(`it has not removed the group within ${withinMs} ms`);
    });
    return Promise.race([this.options.cleaner.releaseFrom(holder, this.group), late]);
  }

  /** Which of these gateways answer just now. */
  async answering(gateways: readonly string[]): Promise<string[]> {
    const are = await Promise.all(gateways.map((gateway) => this.options.cleaner.isThere(gateway)));
    return gateways.filter((_, at) => are[at]);
  }

  /** Whether the last scrape found the group, wherever; false if Prometheus does not answer. */
  async isScraped(): Promise<boolean> {
    const isScraped = (await this.#judge(Infinity, Infinity)) === 'lives';
    if (isScraped) this.#why = WHY.lives;
    return isScraped;
  }

  /** Whether a scrape from now on finds it again, or none comes within the time of this push. */
  async isScrapedOn(): Promise<boolean> {
    const since = performance.now();
    for (;;) {
      const verdict = await this.#judge(Infinity, performance.now() - since);
      if (verdict === 'gone' || verdict === 'unknown') return false;
      this.#why = WHY[verdict];
      if (verdict === 'lives' || !(await this.#waitForScrape())) return true;
    }
  }

  /** The error of this push. It says why the group stays where it is, if there was a doubt. */
  failure(asked: readonly [string, ...string[]], error: unknown): GatewayPoolError {
    return new GatewayPoolError(asked, error, this.#why);
  }

  /** @returns false if the time of this push is over. */
  async #waitForScrape(): Promise<boolean> {
    if (this.signal?.aborted || performance.now() + POLL_MS >= this.#endsAt) return false;
    await wait(POLL_MS, undefined, { signal: this.signal }).catch(() => undefined);
    return true;
  }

  async #letPass(): Promise<void> {
    const withinMs = Math.min(BACKLOG_MS, (this.#endsAt - performance.now()) / 2);
    if (withinMs > 0) await wait(withinMs, undefined, { signal: this.signal }).catch(() => undefined);
  }

  async #judge(heldForMs: number, silentMs: number): Promise<Verdict> {
    try {
      return verdictOf(await this.options.witness(this.group), heldForMs, silentMs);
    } catch {
      return 'unknown';
    }
  }

  /** Notes that the only gateway did not answer: `status` shows it. `begun` is when the request began, in Unix milliseconds. */
  async noteSilence(begun: number): Promise<void> {
    if (this.signal?.aborted) return;
    await this.options.ledgers.noteSilence(this.group, this.push.turn, Date.now() - begun).catch(() => undefined);
  }

  /** Called when a gateway has taken the push. The push is done, whatever fails here. */
  async settle(gateway: string): Promise<void> {
    const { holder } = this.ledger;
    const { ledgers, listener } = this.options;
    if (holder !== undefined && holder !== gateway) listener.moved(this.group, holder, gateway);
    if (this.#isSilenceNoted) listener.delayed(this.group, gateway, 0);
    try {
      // The silence is over. Otherwise scrapes from before this push would count against the gateway the next time that it
      // cannot be reached.
      if (this.#isSilenceNoted && holder === gateway) await ledgers.noteSilence(this.group, this.push.turn, undefined);
      await this.#cleanUp(gateway);
    } catch {
      // The ledger still says what is left to do.
    }
  }

  async #noteEverywhere(): Promise<void> {
    if (this.#showing.length === 0) return;
    this.#required(await this.options.ledgers.noteCopies(this.group, this.push.turn, this.#showing));
  }

  /**
   * Removes the group from other gateways that may show it: Prometheus would see the values of both in turn.
   * @throws GatewayPoolError if Prometheus still sees the group on a gateway from which it cannot be removed.
   */
  async #clearFor(gateway: string): Promise<void> {
    const others = this.#showing.filter((other) => other !== gateway);
    if (others.length === 0 || this.signal?.aborted) return;
    const left = await this.options.cleaner.clearFor(this.group, gateway, others);
    if (left === undefined) return;
    const [one, ...more] = left;
    if (one !== undefined && (await this.isScraped()) && !(await this.#shows(gateway))) {
      throw this.failure([one, ...more], new Error('the group may be there, and cannot be removed'));
    }
    this.#showing = [];
  }

  async #shows(gateway: string): Promise<boolean> {
    return (await whoShows(this.group, this.options.directory, [gateway])) !== undefined;
  }

  async #cleanUp(gateway: string): Promise<void> {
    const { holder, copies } = this.ledger;
    const { cleaner } = this.options;
    if (this.#noted !== holder) await cleaner.cleanAll(this.group);
    else for (const copy of copies) if (copy !== gateway) cleaner.clean(this.group, copy);
  }

  #required<T extends number | true>(noted: T | false | undefined): T {
    if (noted !== false && noted !== undefined) return noted;
    const { job } = this.group;
    throw takenOver(job);
  }
}
