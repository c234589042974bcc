import type { Group } from '../../model/index.js';
import type { Ledgers } from '../../store/index.js';
import { AddressRoute } from './address-route.js';
import { CopyCleaner } from '../cleaning/copy-cleaner.js';
import { leaveFormerHolder } from './former-holder.js';
import type { GatewayDirectory } from '../gateway-directory.js';
import { partsOf } from '../gateway-id.js';
import {
  type GatewayPool,
  GatewayPoolError,
  type GroupPush,
  type PoolAnswer,
  type PoolListener,
} from '../gateway-pool.js';
import { groupingKeyOf } from '../client/grouping-key.js';
import { ListRoute } from './list-route.js';
import { Neighbours } from './neighbours.js';
import type { Peers } from '../peers.js';
import { logged } from './pool-log.js';
import { Placement, type PlacementOptions } from './placement.js';
import type { Route } from './route.js';
import type { Witness } from './witness.js';

export interface StickyOptions {
  readonly directory: GatewayDirectory;
  readonly ledgers: Ledgers;
  readonly witness: Witness;
  readonly listener: PoolListener;
  /** How long a holder may be silent before its groups move, in milliseconds. */
  readonly failoverAfterMs: number;
  /** Longest time of a push, in milliseconds: it also limits the wait for a scrape that tells whether a gateway is gone. */
  readonly timeoutMs: number;
  /** Default: none. */
  readonly peers?: Peers;
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
  readonly #neighbours: Neighbours;

  constructor(options: StickyOptions) {
    const { directory, ledgers } = options;
    this.addresses = directory.addresses;
    this.#directory = directory;
    this.#route = directory.addresses.length === 1 ? new AddressRoute(directory) : new ListRoute(directory);
    this.#cleaner = new CopyCleaner(ledgers, directory, options.peers);
    this.#neighbours = new Neighbours(directory, options.peers);
    this.#placing = { ...options, cleaner: this.#cleaner, listener: logged(options.listener) };
  }

  async push(push: GroupPush): Promise<PoolAnswer> {
    const { group, text, mode, signal, beforeEnd } = push;
    const placement = await Placement.open(this.#placing, push);
    await this.#neighbours.requireOurs(group, placement.holder);
    const shown = await leaveFormerHolder(placement, this.#directory);
    return this.#route.send(placement, (client) => client[mode](groupingKeyOf(group), text, signal, beforeEnd), shown);
  }

  /** Deletes from the holder at once; other copies are removed as ever. A group without a holder may be on any gateway. */
  async delete(group: Group): Promise<PoolAnswer> {
    const { holder } = await this.#placing.ledgers.read(group);
    await this.#neighbours.requireOurs(group, holder);
    await this.#cleaner.cleanAll(group);
    const gateways = holder === undefined ? this.addresses : ([holder] as const);
    await Promise.all(gateways.map((gateway) => this.#deleteAt(group, gateway)));
    return { gateway: gateways[0], gateways };
  }

  async #deleteAt(group: Group, gateway: string): Promise<void> {
    const client = this.#directory.clientOf(gateway);
    const { name } = partsOf(gateway);
    const key = groupingKeyOf(group);
    try {
      // A balancer that does not know the name any more would delete from another gateway.
      if (name === undefined || (await client.locate(key)) === name) await client.delete(key);
    } catch (error) {
      throw new GatewayPoolError([gateway], error);
    }
  }

  async heldElsewhere(group: Group): Promise<string | undefined> {
    return this.#neighbours.reasonToLeave(group, (await this.#placing.ledgers.read(group)).holder);
  }

  resume(groups: readonly Group[]): void {
    for (const group of groups) this.#cleaner.cleanAll(group).catch(() => undefined);
  }

  close(): void {
    this.#cleaner.close();
  }
}
