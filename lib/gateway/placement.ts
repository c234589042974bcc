import { PushLockError } from '../errors/index.js';
import type { Group } from '../model/index.js';
import type { Ledger, Ledgers } from '../store/index.js';
import type { CopyCleaner } from './copy-cleaner.js';
import type { GroupPush, PoolListener } from './gateway-pool.js';
import type { Witness } from './witness.js';

export interface PlacementOptions {
  readonly ledgers: Ledgers;
  readonly witness: Witness;
  readonly cleaner: CopyCleaner;
  readonly listener: PoolListener;
  /** How long a holder may be silent before its groups move. */
  readonly failoverAfterMs: number;
}

/** Where one group is while it is pushed once: what the ledger says, and what is noted in it. */
export class Placement {
  #noted: string | undefined;

  private constructor(
    private readonly options: PlacementOptions,
    private readonly push: Omit<GroupPush, 'text' | 'mode'>,
    private readonly ledger: Ledger,
  ) {
    this.#noted = ledger.holder;
  }

  static async open(options: PlacementOptions, push: Omit<GroupPush, 'text' | 'mode'>): Promise<Placement> {
    return new Placement(options, push, await options.ledgers.read(push.group));
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
   * Before anything is sent to a gateway: whatever happens to this process, the next one knows where copies may be.
   * @throws PushLockError if another process has taken over.
   */
  async hold(gateway: string): Promise<void> {
    if (gateway === this.#noted) return;
    this.#required(await this.options.ledgers.noteHolder(this.group, this.push.turn, gateway));
    this.#noted = gateway;
  }

  /**
   * Whether the group may leave a gateway that did not answer: while Prometheus still scrapes it, a second copy elsewhere
   * would zigzag with it.
   * @param silentForMs How long the attempt to reach it took.
   * @param isUnreachable A balancer could not connect to it: it is most likely gone, so that a witness is enough.
   */
  async mayLeave(gateway: string, silentForMs: number, isUnreachable = false): Promise<boolean> {
    // What was given up says nothing of the gateway.
    if (this.signal?.aborted) return false;
    const { ledgers, witness, failoverAfterMs, listener } = this.options;
    const silentMs = this.#required(await ledgers.noteSilence(this.group, this.push.turn, silentForMs));
    const isOverdue = silentMs >= failoverAfterMs;
    if (!isOverdue && !isUnreachable) return false;
    const isScraped = await witness(this.group, this.ledger.heldForMs ?? 0);
    if (isScraped !== true) return isOverdue || isScraped === false;
    // 0 would say that it is over.
    if (isOverdue) listener.delayed(this.group, gateway, Math.max(silentMs, 1));
    return false;
  }

  /** After a gateway has taken the push; that one is done, whatever else fails here. */
  async settle(gateway: string): Promise<void> {
    const { holder, silentSince } = this.ledger;
    const { ledgers, listener } = this.options;
    if (holder !== undefined && holder !== gateway) listener.moved(this.group, holder, gateway);
    if (silentSince !== undefined) listener.delayed(this.group, gateway, 0);
    try {
      if (silentSince !== undefined && holder === gateway)
        await ledgers.noteSilence(this.group, this.push.turn, undefined);
      await this.#cleanUp(gateway);
    } catch {
      // The ledger still says what is left to do.
    }
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
    throw new PushLockError(`Job "${job}": this process was too slow, another one has taken over pushing it`);
  }
}
