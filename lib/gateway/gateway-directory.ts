import type { Endpoint, PushTransport, ResolvedOptions } from '../options/index.js';
import { partsOf } from './gateway-id.js';
import { PushgatewayClient } from './client/pushgateway-client.js';

/** The configured gateways, and how to reach any gateway that a ledger names. */
export interface GatewayDirectory {
  /** Addresses of all configured gateways, or of the load balancer before them, without credentials. */
  readonly addresses: readonly [string, ...string[]];
  /** Addresses that were configured once, which may still have copies. Default: none. */
  readonly former?: readonly string[];
  /**
   * A client for any gateway. An address that is configured neither now nor as a former one gets no credentials, headers or
   * keys: it is known from the store only, which anybody may have written.
   */
  clientOf(gateway: string): PushgatewayClient;
}

/** @param former Gateways that were configured once, with credentials of their own. Default: none. */
export function gatewayDirectory(
  gateways: ResolvedOptions['gateways'],
  former: readonly Endpoint[] = [],
): GatewayDirectory {
  const clients = new Map<string, PushgatewayClient>();
  const { format, gzip, expectContinue, timeoutMs, proxy } = gateways[0];
  const known: readonly (Endpoint & PushTransport)[] = [
    ...gateways,
    ...former.map((endpoint) => ({ ...endpoint, format, gzip, expectContinue })),
  ];
  // An unknown gateway is reached in the same way as ours: without the proxy it might seem to be gone.
  const way = { timeoutMs, format, gzip, expectContinue, ...(proxy !== undefined && { proxy }) };
  const stranger = { headers: {}, tls: {}, ...way };
  const make = (gateway: string): PushgatewayClient => {
    const { address: url, name } = partsOf(gateway);
    const endpoint = known.find((each) => each.url === url) ?? known.find((each) => isSameOrigin(each.url, url));
    return PushgatewayClient.of({ ...(endpoint ?? stranger), url }, name);
  };
  return {
    addresses: gateways.map(({ url }) => url) as [string, ...string[]],
    former: former.map(({ url }) => url),
    clientOf: (gateway) => {
      const client = clients.get(gateway) ?? make(gateway);
      clients.set(gateway, client);
      return client;
    },
  };
}

/** Whether a gateway is one of those that pushes go to. */
export function isConfigured({ addresses }: GatewayDirectory, gateway: string): boolean {
  return addresses.includes(partsOf(gateway).address);
}

/** Every gateway that may have a group without a ledger. Empty if there is only one gateway: no other can have it. */
export function everywhere({ addresses, former = [] }: GatewayDirectory): readonly string[] {
  const all = [...addresses, ...former];
  return all.length > 1 ? all : [];
}

/** Whether two addresses are on one server: after a change of `--web.route-prefix` only the path differs. */
function isSameOrigin(one: string, other: string): boolean {
  return URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}
