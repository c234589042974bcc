import { GatewayResponseError } from '../errors/index.js';
import { failureKind } from './failure-kind.js';
import type { GatewayDirectory } from './gateway-directory.js';
import { gatewayBehind, partsOf } from './gateway-id.js';
import { GatewayPoolError, type PoolAnswer } from './gateway-pool.js';
import { groupingKeyOf } from './grouping-key.js';
import { ListRoute } from './list-route.js';
import type { Placement } from './placement.js';
import type { Route, Send } from './route.js';

/** What a balancer answers when it could not connect to the gateway (502, 503); a 504 is a gateway that is silent. */
const UNREACHABLE = [502, 503];

/**
 * To the one address there is: a gateway, or a load balancer. If that names the gateways behind it, a push first asks where
 * it would go, notes that in the ledger, and then names that gateway itself: a group stays where it is, as with a list.
 */
export class AddressRoute implements Route {
  readonly #address: string;
  /** Groups of a gateway that names no others may have been on a list of gateways before. */
  readonly #list: ListRoute;
  /** Seen to name no gateways. Asked again once something fails. */
  #isPlain = false;

  constructor(private readonly directory: GatewayDirectory) {
    this.#address = directory.addresses[0];
    this.#list = new ListRoute(directory);
  }

  async send(placement: Placement, send: Send): Promise<PoolAnswer> {
    let gateway = this.#address;
    try {
      gateway = (await this.#taker(placement)) ?? gateway;
      if (gateway === this.#address && placement.holder !== undefined) return await this.#list.send(placement, send);
      if (gateway !== this.#address) await placement.hold(gateway);
      await send(this.directory.clientOf(gateway));
    } catch (error) {
      this.#isPlain = false;
      throw error instanceof GatewayPoolError ? error : new GatewayPoolError([gateway], error);
    }
    await placement.settle(gateway);
    return { gateway, gateways: [gateway] };
  }

  /** The gateway that is to have the group; undefined if the address names none. */
  async #taker(placement: Placement): Promise<string | undefined> {
    if (this.#isPlain) return undefined;
    const { holder } = placement;
    const isBehindUs = holder !== undefined && partsOf(holder).address === this.#address && holder !== this.#address;
    if (!isBehindUs) return this.#locate(placement, this.#address);
    const begun = Date.now();
    try {
      return await this.#locate(placement, holder);
    } catch (error) {
      const isUnreachable = error instanceof GatewayResponseError && UNREACHABLE.includes(error.status);
      // The balancer itself is away: that says nothing about the holder.
      const isOurs = failureKind(error) === 'gone';
      if (isOurs || !(await placement.mayLeave(holder, Date.now() - begun, isUnreachable))) {
        throw new GatewayPoolError([holder], error);
      }
    }
    return this.#locate(placement, this.#address);
  }

  async #locate({ group, signal }: Placement, gateway: string): Promise<string | undefined> {
    const name = await this.directory.clientOf(gateway).locate(groupingKeyOf(group), signal);
    this.#isPlain = name === undefined;
    return name === undefined ? undefined : gatewayBehind(this.#address, name);
  }
}
