import type { Group } from '../model/index.js';
import type { ExpositionText } from './exposition-body.js';

/** Which gateways were concerned. */
export interface PoolAnswer {
  /** Address of the gateway that did it. */
  gateway: string;
  /** Address of every gateway that was asked, {@link gateway} first. */
  gateways: string[];
}

/**
 * Where groups are pushed to: one gateway or several. Its methods throw what those of `PushgatewayClient` throw, once no
 * gateway did what was asked.
 */
export interface GatewayPool {
  /** Addresses of all its gateways, without credentials. */
  readonly addresses: readonly string[];
  /** Replaces the whole group. `token` is that of the caller's turn to push it. */
  push(group: Group, text: ExpositionText, token: string): Promise<PoolAnswer>;
  /** Replaces the families that the text names and keeps the others of the group. */
  pushAdd(group: Group, text: ExpositionText, token: string): Promise<PoolAnswer>;
  /** Removes the group; fine if there is none. */
  delete(group: Group): Promise<PoolAnswer>;
  /** Ends what it does in the background. */
  close(): void;
}
