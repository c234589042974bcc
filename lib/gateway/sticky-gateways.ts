import { Logger } from '@nestjs/common';
import { PushLockError } from '../errors/index.js';
import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import { CopyCleaner } from './copy-cleaner.js';
import type { ExpositionText } from './exposition-body.js';
import { failureKind } from './failure-kind.js';
import type { GatewayPool, PoolAnswer } from './gateway-pool.js';
import { groupingKeyOf } from './grouping-key.js';
import type { PushgatewayClient } from './pushgateway-client.js';
import { preferenceOf } from './rendezvous.js';
import type { Witness } from './witness.js';

type LedgerStore = Pick<Store, 'readLedger' | 'noteHolder' | 'noteSilence' | 'strikeCopy'>;

export interface StickyOptions {
  /** Addresses of the gateways that may hold groups. */
  readonly gateways: readonly [string, ...string[]];
  /** A client for any address, also for one that is no longer configured. */
  readonly clientOf: (gateway: string) => PushgatewayClient;
  readonly ledger: LedgerStore;
  readonly witness: Witness;
  /** How long a holder may be silent before its groups move. */
  readonly failoverAfterMs: number;
}

/**
 * Several gateways, each group on one of them. While a group is on two, every scrape of the older copy looks like a
 * counter reset: so a group stays where it is for as long as it can, and what it leaves behind is removed.
 */
export class StickyGateways implements GatewayPool {
  readonly addresses: readonly [string, ...string[]];
  readonly #options: StickyOptions;
  readonly #cleaner: CopyCleaner;
  readonly #logger = new Logger('PrometheusPushgateway');

  constructor(options: StickyOptions) {
    this.addresses = options.gateways;
    this.#options = options;
    this.#cleaner = new CopyCleaner(options.ledger, options.clientOf, (gateway) => this.addresses.includes(gateway));
  }

  push(group: Group, text: ExpositionText, token: string): Promise<PoolAnswer> {
    return this.#place(group, token, (client) => client.push(groupingKeyOf(group), text));
  }

  pushAdd(group: Group, text: ExpositionText, token: string): Promise<PoolAnswer> {
    return this.#place(group, token, (client) => client.pushAdd(groupingKeyOf(group), text));
  }

  /** From the holder at once; left-over copies are removed as ever. */
  async delete(group: Group): Promise<PoolAnswer> {
    const { holder, copies } = await this.#options.ledger.readLedger(group);
    this.#cleanUp(group, holder, copies);
    const gateway = holder ?? this.addresses[0];
    await this.#options.clientOf(gateway).delete(groupingKeyOf(group));
    return { gateway, gateways: [gateway] };
  }

  close(): void {
    this.#cleaner.close();
  }

  /** Sends to the holder; to the next gateway only when the holder is gone, or silent for too long. */
  async #place(group: Group, token: string, send: (client: PushgatewayClient) => Promise<void>): Promise<PoolAnswer> {
    const { ledger, clientOf } = this.#options;
    const { holder, copies, silentSince } = await ledger.readLedger(group);
    const asked: string[] = [];
    let failure: unknown;
    for (const gateway of this.#orderFor(group, holder)) {
      const isHolder = gateway === holder;
      // Noted before anything is sent: whatever happens to this process, the next one knows where copies may be.
      if (!isHolder) this.#required(await ledger.noteHolder(group, token, gateway), group);
      asked.unshift(gateway);
      const begun = Date.now();
      try {
        await send(clientOf(gateway));
        if (isHolder && silentSince !== undefined) await ledger.noteSilence(group, token, undefined);
        if (!isHolder && holder !== undefined)
          this.#logger.log(`Job "${group.job}" has moved from ${holder} to ${gateway}`);
        this.#cleanUp(group, gateway, [...copies, ...asked]);
        return { gateway, gateways: asked };
      } catch (error) {
        failure = error;
        const kind = failureKind(error);
        if (kind === 'answered') throw error;
        if (kind === 'silent' && !(await this.#mayLeave(group, token, gateway, Date.now() - begun))) throw error;
      }
    }
    throw failure;
  }

  #orderFor(group: Group, holder: string | undefined): string[] {
    const order = preferenceOf(JSON.stringify(groupingKeyOf(group)), this.addresses);
    if (holder === undefined || !order.includes(holder)) return order;
    return [holder, ...order.filter((gateway) => gateway !== holder)];
  }

  /** While Prometheus still scrapes a silent holder, a second copy elsewhere would zigzag with it. */
  async #mayLeave(group: Group, token: string, gateway: string, silentForMs: number): Promise<boolean> {
    const silentMs = await this.#options.ledger.noteSilence(group, token, silentForMs);
    this.#required(silentMs !== undefined, group);
    if ((silentMs ?? 0) < this.#options.failoverAfterMs) return false;
    return (await this.#options.witness(gateway)) !== true;
  }

  #cleanUp(group: Group, holder: string | undefined, copies: readonly string[]): void {
    for (const gateway of copies) if (gateway !== holder) this.#cleaner.clean(group, gateway);
  }

  #required(isStillOurTurn: boolean, group: Group): void {
    if (isStillOurTurn) return;
    throw new PushLockError(`Job "${group.job}": this process was too slow, another one has taken over pushing it`);
  }
}
