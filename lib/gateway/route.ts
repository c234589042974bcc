import type { PoolAnswer } from './gateway-pool.js';
import type { Placement } from './placement.js';
import type { PushgatewayClient } from './pushgateway-client.js';

/** Sends one push to one gateway. */
export type Send = (client: PushgatewayClient) => Promise<void>;

/** How a push finds the one gateway that is to have its group. */
export interface Route {
  /** @throws GatewayPoolError, PushLockError */
  send(placement: Placement, send: Send): Promise<PoolAnswer>;
}
