import { GatewayResponseError } from '../../errors/index.js';
import { failureKind } from '../client/failure-kind.js';
import type { GatewayDirectory } from '../gateway-directory.js';
import { gatewayBehind, partsOf } from '../gateway-id.js';
import { GatewayPoolError, type PoolAnswer } from '../gateway-pool.js';
import { groupingKeyOf } from '../client/grouping-key.js';
import type { Placement } from './placement.js';
import type { Route, Send } from './route.js';

/** What a balancer answers when it could not connect to the gateway (502, 503); a 504 is a gateway that is silent. */
const UNREACHABLE = [502, 503];

/**
 * To the one address there is: a gateway, or a load balancer. If that names the gateways behind it, the ledger holds the
 * name of the one that has a group: each push asks first whether that one can be reached, and names it. A group stays where
 * it is, as with a list. Whoever takes a group is noted before it does.
 */
export class AddressRoute implements Route {
  readonly #address: string;

  constructor(private readonly directory: GatewayDirectory) {
    this.#address = directory.addresses[0];
  }

  async send(placement: Placement, send: Send): Promise<PoolAnswer> {
    const { holder } = placement;
    let gateway = holder ?? this.#address;
    try {
      if (holder !== this.#address) gateway = await this.#takerAfter(holder, placement);
      await placement.hold(gateway);
      const begun = Date.now();
      const name = await send(this.directory.clientOf(gateway)).catch(async (error: unknown) => {
        // For those who ask where values wait: there is no other gateway to go to.
        if (gateway === this.#address && isSilence(error)) await placement.noteSilence(begun);
        throw error;
      });
      // A single gateway has become one of several behind a balancer.
      if (name !== undefined) gateway = gatewayBehind(this.#address, name);
      await placement.hold(gateway);
    } catch (error) {
      throw error instanceof GatewayPoolError ? error : new GatewayPoolError([gateway], error);
    }
    await placement.settle(gateway);
    return { gateway, gateways: [gateway] };
  }

  /** The gateway at this address that is to have a group; the address itself if it names none. */
  async #takerAfter(holder: string | undefined, placement: Placement): Promise<string> {
    if (holder === undefined || partsOf(holder).address !== this.#address) {
      return this.#locate(placement, this.#address);
    }
    const begun = Date.now();
    try {
      return await this.#locate(placement, holder);
    } catch (error) {
      const isUnreachable = error instanceof GatewayResponseError && UNREACHABLE.includes(error.status);
      // The balancer itself is away, or the proxy on the way to it, or it answers something else: none of it is about the holder.
      const isDoubt = isUnreachable || isOfGateway(error);
      const doubt = isUnreachable ? 'unreachable' : 'silent';
      if (!isDoubt || !(await placement.mayLeave(holder, doubt, Date.now() - begun))) {
        throw placement.failure([holder], error);
      }
    }
    return this.#locate(placement, this.#address);
  }

  async #locate({ group, signal }: Placement, gateway: string): Promise<string> {
    const name = await this.directory.clientOf(gateway).locate(groupingKeyOf(group), signal);
    return name === undefined ? this.#address : gatewayBehind(this.#address, name);
  }
}

/** No answer, or that of a balancer which got none. */
function isOfGateway(error: unknown): boolean {
  return failureKind(error) === 'silent' || (error instanceof GatewayResponseError && error.status === 504);
}

function isSilence(error: unknown): boolean {
  return ['refused', 'silent'].includes(failureKind(error));
}
