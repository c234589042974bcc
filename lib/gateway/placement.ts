import { PushLockError } from '../errors/index.js';
import type { Group } from '../model/index.js';
import type { Ledger, Ledgers } from '../store/index.js';
import type { CopyCleaner } from './copy-cleaner.js';
import { everywhere, type GatewayDirectory, isConfigured } from './gateway-directory.js';
import type { GroupPush, PoolListener } from './gateway-pool.js';
import type { Witness } from './witness.js';

export interface PlacementOptions {
  readonly ledgers: Ledgers;
  readonly witness: Witness;
  readonly cleaner: CopyCleaner;
  readonly directory: GatewayDirectory;
  readonly listener: PoolListener;
  /** How long a holder may be silent before its groups move. */
  readonly failoverAfterMs: number;
}

/** Where one group is while it is pushed once: what the ledger says, and what is noted in it. */
export class Placement {
  #noted: string | undefined;
  /** Gateways that most likely live and show the group: nobody found out that they do not answer. */
  #showing: readonly string[];

  private constructor(
    private readonly options: PlacementOptions,
    private readonly push: Omit<GroupPush, 'text' | 'mode'>,
    private readonly ledger: Ledger,
  ) {
    const { holder } = ledger;
    const { directory } = options;
    this.#noted = holder;
    this.#showing = holder === undefined ? everywhere(directory) : isConfigured(directory, holder) ? [] : [holder];
  }

  static async open(options: PlacementOptions, push: Omit<GroupPush, 'text' | 'mode'>): Promise<Placement> {
    const ledger = await options.ledgers.read(push.group);
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
   * Before anything is sent to a gateway: whatever happens to this process, the next one knows where copies may be.
   * @throws PushLockError if another process has taken over.
   */
  async hold(gateway: string): Promise<void> {
    if (gateway === this.#noted) return;
    this.#required(await this.options.ledgers.noteHolder(this.group, this.push.turn, gateway));
    this.#noted = gateway;
    await this.#clearFor(gateway);
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

  /** The only gateway there is did not answer a request begun then, in Unix milliseconds: for those who ask where values wait. */
  async noteSilence(begun: number): Promise<void> {
    if (this.signal?.aborted) return;
    await this.options.ledgers.noteSilence(this.group, this.push.turn, Date.now() - begun).catch(() => undefined);
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

  async #noteEverywhere(): Promise<void> {
    if (this.#showing.length === 0) return;
    this.#required(await this.options.ledgers.noteCopies(this.group, this.push.turn, this.#showing));
  }

  /** Of two that show a group, Prometheus would scrape the one after the other. */
  async #clearFor(gateway: string): Promise<void> {
    const others = this.#showing.filter((other) => other !== gateway);
    if (others.length === 0 || this.signal?.aborted) return;
    const isUnpushed = this.holder === undefined;
    if (await this.options.cleaner.clearFor(this.group, gateway, others, isUnpushed)) this.#showing = [];
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
