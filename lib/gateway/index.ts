export { BroadcastGateways } from './broadcast-gateways.js';
export type { ExpositionText } from './exposition-body.js';
export { type GatewayDirectory, gatewayDirectory } from './gateway-directory.js';
export * from './gateway-pool.js';
export type { GatewayStatus } from './gateway-status.js';
export * from './grouping-key.js';
export * from './pushgateway-client.js';
export { StickyGateways, type StickyOptions } from './sticky-gateways.js';
export { prometheusWitness, type Witness } from './witness.js';
