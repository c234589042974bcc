export type { ExpositionText } from './exposition-body.js';
export * from './gateway-pool.js';
export { type GatewayStatus, readStatus } from './gateway-status.js';
export * from './grouping-key.js';
export * from './pushgateway-client.js';
export * from './single-gateway.js';
export { StickyGateways, type StickyOptions } from './sticky-gateways.js';
export { prometheusWitness, type Witness } from './witness.js';
