import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import { AddressRoute } from './address-route.js';
import { CopyCleaner } from './copy-cleaner.js';
import type { ExpositionText } from './exposition-body.js';
import type { GatewayDirectory } from './gateway-directory.js';
import { partsOf } from './gateway-id.js';
import { type GatewayPool, GatewayPoolError, type PoolAnswer, type PoolListener } from './gateway-pool.js';
import { groupingKeyOf } from './grouping-key.js';
import { ListRoute } from './list-route.js';
import { logged } from './pool-log.js';
import { Placement, type PlacementOptions } from './placement.js';
import type { Route, Send } from './route.js';
import type { Witness } from './witness.js';

export interface StickyOptions {
  readonly directory: GatewayDirectory;
  readonly store: Pick<Store, 'readLedger' | 'noteHolder' | 'noteSilence' | 'strikeCopy'>;
  readonly witness: Witness;
  readonly listener: PoolListener;
  /** How long a holder may be silent before its groups move, in milliseconds. */
  readonly failoverAfterMs: number;
}

/**
 * Each group on one gateway: of a list, or of those behind one address. While a group is on two, every scrape of the older
 * copy looks like a counter reset: so a group stays where it is for as long as it can, and what it leaves behind is removed.
 */
export class StickyGateways implements GatewayPool {
  readonly addresses: readonly [string, ...string[]];
  readonly #directory: GatewayDirectory;
  readonly #route: Route;
  readonly #cleaner: CopyCleaner;
  readonly #placing: PlacementOptions;

  constructor(options: StickyOptions) {
    const { directory, store } = options;
    this.addresses = directory.addresses;
    this.#directory = directory;
    this.#route = directory.addresses.length === 1 ? new AddressRoute(directory) : new ListRoute(directory);
    this.#cleaner = new CopyCleaner(store, directory);
    this.#placing = { ...options, cleaner: this.#cleaner, listener: logged(options.listener) };
  }

  push(group: Group, text: ExpositionText, token: string, signal?: AbortSignal): Promise<PoolAnswer> {
    return this.#send(group, token, (client) => client.push(groupingKeyOf(group), text, signal), signal);
  }

  pushAdd(group: Group, text: ExpositionText, token: string, signal?: AbortSignal): Promise<PoolAnswer> {
    return this.#send(group, token, (client) => client.pushAdd(groupingKeyOf(group), text, signal), signal);
  }

  /** From the holder at once; left-over copies are removed as ever. */
  async delete(group: Group): Promise<PoolAnswer> {
    const { holder = this.addresses[0] } = await this.#placing.store.readLedger(group);
    await this.#cleaner.cleanAll(group);
    const client = this.#directory.clientOf(holder);
    const { name } = partsOf(holder);
    const key = groupingKeyOf(group);
    try {
      // A balancer that does not know the name any more would take it from another gateway.
      if (name === undefined || (await client.locate(key)) === name) await client.delete(key);
    } catch (error) {
      throw new GatewayPoolError([holder], error);
    }
    return { gateway: holder, gateways: [holder] };
  }

  resume(groups: readonly Group[]): void {
    for (const group of groups) this.#cleaner.cleanAll(group).catch(() => undefined);
  }

  close(): void {
    this.#cleaner.close();
  }

  async #send(group: Group, token: string, send: Send, signal?: AbortSignal): Promise<PoolAnswer> {
    return this.#route.send(await Placement.open(this.#placing, group, token, signal), send);
  }
}
