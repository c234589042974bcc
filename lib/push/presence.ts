import { randomUUID } from 'node:crypto';
import type { Peers } from '../gateway/index.js';
import type { Group } from '../model/index.js';
import type { SignsOfLife } from '../store/index.js';

/** How often a process gives a sign of life; three times within `staleGroupAfterMs` if that is shorter. */
const BEAT_MS = 5_000;
/** A process that has missed this many signs of life counts as dead. */
const BEATS_A_LIFE = 3;

export interface PresenceOptions {
  readonly staleGroupAfterMs: number | undefined;
  readonly deleteOnShutdown: boolean;
}

/**
 * Says in the store again and again that this process lives, and which gateways it has configured. Reads what other living
 * processes say there. A process that never pushes says nothing, unless its groups are to be removed after its end.
 */
export class Presence implements Peers {
  readonly beatMs: number;
  readonly #process = randomUUID();
  readonly #isWatched: boolean;
  #timer: NodeJS.Timeout | undefined;
  /** The sign of life that is under way. */
  #beating: Promise<unknown> | undefined;
  #first: Promise<unknown> | undefined;
  /** Signs of life since the store last missed one. A process that has just started trusts the store. */
  #heard = Infinity;
  #isOver = false;

  constructor(
    { staleGroupAfterMs, deleteOnShutdown }: PresenceOptions,
    private readonly groups: readonly Group[],
    private readonly gateways: readonly string[],
    private readonly signsOfLife: SignsOfLife,
  ) {
    this.beatMs = Math.ceil(Math.min(BEAT_MS, (staleGroupAfterMs ?? Infinity) / BEATS_A_LIFE));
    this.#isWatched = staleGroupAfterMs !== undefined || deleteOnShutdown;
  }

  /** Whether the store knows which other processes live: one that was away has received no signs of life. */
  get isCertain(): boolean {
    return this.#heard > BEATS_A_LIFE;
  }

  /** Whether others have been told that this process lives. */
  get hasBegun(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins the signs of life, unless they have begun, or ended. Resolves when the first has been given, or has failed. */
  async begin(): Promise<void> {
    if (this.#isOver) return;
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => {
        this.#beat();
      }, this.beatMs).unref();
      this.#beat();
      this.#first = this.#beating;
    }
    await this.#first;
  }

  /** Resolves when the sign of life that is under way has been given, or has failed. */
  async given(): Promise<void> {
    await this.#beating;
  }

  async have(gateway: string, group?: Group): Promise<boolean> {
    if (!this.isCertain) return true;
    return (await this.signsOfLife.gateways(BEATS_A_LIFE * BEAT_MS, group)).includes(gateway);
  }

  /** Ends the signs of life. Gives the groups that no other living process counts for. */
  async leave(): Promise<readonly Group[]> {
    this.#isOver = true;
    if (this.#timer === undefined) return [];
    clearInterval(this.#timer);
    this.#timer = undefined;
    // A sign that is under way would bring a removed group back.
    await this.#beating;
    return this.signsOfLife.leave(this.#process, this.groups, this.beatMs * BEATS_A_LIFE);
  }

  /** Gives one sign of life at a time: a slow store must not be asked more and more. */
  #beat(): void {
    const { groups, gateways } = this;
    this.#beating ??= this.signsOfLife
      .beat({ process: this.#process, groups, gateways, isWatched: this.#isWatched })
      .then(
        () => (this.#heard += 1),
        () => (this.#heard = 0),
      )
      .finally(() => (this.#beating = undefined));
  }
}
