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
 * To the one address there is: a gateway, or a load balancer. If that names the gateways behind it, the ledger holds the
 * name of the one that took a group. From then on a push asks first whether that one can be reached, and names it: a group
 * stays where it is, as with a list.
 */
export class AddressRoute implements Route {
  readonly #address: string;
  /** Groups of a gateway that names no others may have been on a list of gateways before. */
  readonly #list: ListRoute;

  constructor(private readonly directory: GatewayDirectory) {
    this.#address = directory.addresses[0];
    this.#list = new ListRoute(directory);
  }

  async send(placement: Placement, send: Send): Promise<PoolAnswer> {
    const { holder } = placement;
    let gateway = this.#address;
    try {
      if (holder !== undefined) {
        const taker = holder === this.#address ? undefined : await this.#takerAfter(holder, placement);
        if (taker === undefined) return await this.#list.send(placement, send);
        await placement.hold(taker);
        gateway = taker;
      }
      const name = await send(this.directory.clientOf(gateway));
      // Of a group without a holder it is known only now. It was nowhere before, so nothing could be forgotten.
      if (name !== undefined) gateway = gatewayBehind(this.#address, name);
      if (name !== undefined) await placement.hold(gateway);
    } catch (error) {
      throw error instanceof GatewayPoolError ? error : new GatewayPoolError([gateway], error);
    }
    await placement.settle(gateway);
    return { gateway, gateways: [gateway] };
  }

  /** The gateway behind this address that is to have a group which had a holder; undefined if the address names none. */
  async #takerAfter(holder: string, placement: Placement): Promise<string | undefined> {
    if (partsOf(holder).address !== this.#address) return this.#locate(placement, this.#address);
    const begun = Date.now();
    try {
      return await this.#locate(placement, holder);
    } catch (error) {
      const isUnreachable = error instanceof GatewayResponseError && UNREACHABLE.includes(error.status);
      // The balancer itself is away: that says nothing about the holder.
      const isOurs = failureKind(error) === 'refused';
      const doubt = isUnreachable ? 'unreachable' : 'silent';
      if (isOurs || !(await placement.mayLeave(holder, doubt, Date.now() - begun))) {
        throw placement.failure([holder], error);
      }
    }
    return this.#locate(placement, this.#address);
  }

  async #locate({ group, signal }: Placement, gateway: string): Promise<string | undefined> {
    const name = await this.directory.clientOf(gateway).locate(groupingKeyOf(group), signal);
    return name === undefined ? undefined : gatewayBehind(this.#address, name);
  }
}
