import type { ResolvedOptions } from '../options/index.js';
import type { PrometheusClient } from '../prometheus/index.js';
import type { Ledgers } from '../store/index.js';
import { BroadcastGateways } from './broadcast/broadcast-gateways.js';
import { gatewayDirectory } from './gateway-directory.js';
import type { GatewayPool, PoolListener } from './gateway-pool.js';
import type { Peers } from './peers.js';
import { prometheusWitness } from './sticky/prometheus-witness.js';
import { StickyGateways } from './sticky/sticky-gateways.js';

export { BroadcastGateways } from './broadcast/broadcast-gateways.js';
export { type GatewayDirectory, gatewayDirectory } from './gateway-directory.js';
export { prometheusWitness } from './sticky/prometheus-witness.js';
export { StickyGateways, type StickyOptions } from './sticky/sticky-gateways.js';
export * from './sticky/witness.js';

/** The gateways that options name, each group on one of them or on all. */
export function gatewayPool(
  { gateways, formerGateways, strategy, failoverAfterMs, prometheusLabels }: ResolvedOptions,
  prometheus: PrometheusClient,
  ledgers: Ledgers,
  peers: Peers,
  listener: PoolListener,
): GatewayPool {
  const directory = gatewayDirectory(gateways, formerGateways);
  if (strategy === 'broadcast') return new BroadcastGateways(directory, ledgers, peers);
  const { timeoutMs } = gateways[0];
  const witness = prometheusWitness(prometheus, prometheusLabels);
  return new StickyGateways({ directory, ledgers, witness, listener, failoverAfterMs, timeoutMs, peers });
}
