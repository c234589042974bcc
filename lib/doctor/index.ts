export { distinctGateways } from './checks/distinct-gateways.js';
export { examine, type Installation, replicaOf } from './doctor.js';
export type { Finding, Severity } from './finding.js';
export { type AddressFacts, type GatewayFacts, probeAddress } from './probes/gateway.probe.js';
