import type { ResolvedOptions } from '../options/index.js';
import { partsOf } from './gateway-id.js';
import { PushgatewayClient } from './pushgateway-client.js';

/** The configured gateways, and how to reach any gateway that a ledger names. */
export interface GatewayDirectory {
  /** Of every configured gateway, or of the load balancer before them; without credentials. */
  readonly addresses: readonly [string, ...string[]];
  /** A client for any gateway, also for one that is no longer configured: it gets the first one's credentials. */
  clientOf(gateway: string): PushgatewayClient;
}

export function gatewayDirectory(gateways: ResolvedOptions['gateways']): GatewayDirectory {
  const clients = new Map<string, PushgatewayClient>();
  const make = (gateway: string): PushgatewayClient => {
    const { address, name } = partsOf(gateway);
    const endpoint = gateways.find(({ url }) => url === address) ?? { ...gateways[0], url: address };
    return PushgatewayClient.of(endpoint, name);
  };
  return {
    addresses: gateways.map(({ url }) => url) as [string, ...string[]],
    clientOf: (gateway) => {
      const client = clients.get(gateway) ?? make(gateway);
      clients.set(gateway, client);
      return client;
    },
  };
}
