import type { PoolAnswer } from '../gateway-pool.js';
import type { Placement } from './placement.js';
import type { PushgatewayClient } from '../client/pushgateway-client.js';

/** Sends one push to one gateway, and gives the name that a balancer before it has for it. */
export type Send = (client: PushgatewayClient) => Promise<string | undefined>;

/** How a push finds the one gateway that is to have its group. */
export interface Route {
  /**
   * @param shown The gateway that shows the group already, if its holder goes by another name by now.
   * @throws GatewayPoolError, PushLockError
   */
  send(placement: Placement, send: Send, shown?: string): Promise<PoolAnswer>;
}
