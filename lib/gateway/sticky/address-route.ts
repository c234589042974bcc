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
 * Pushes to the one configured address: a gateway, or a load balancer. If the balancer names its gateways, the ledger holds
 * the name of the gateway that has a group. A push first asks whether that gateway can be reached, and then names it. A
 * group stays where it is, as with a list. A gateway is noted before it gets a group.
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
        // `status` shows where values wait. There is no other gateway to go to.
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
      // Any other failure tells nothing about the holder: the balancer is away, or the proxy before it, or it answers
      // something else.
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

/** No answer came, or a balancer answered that it got none. */
function isOfGateway(error: unknown): boolean {
  return failureKind(error) === 'silent' || (error instanceof GatewayResponseError && error.status === 504);
}

function isSilence(error: unknown): boolean {
  return ['refused', 'silent'].includes(failureKind(error));
}
