import type { AddressFacts, GatewayFacts } from '../probes/gateway.probe.js';

/**
 * Every gateway once, though it may be reached by two addresses. What a balancer that does not say who answers has behind
 * it, nobody can tell.
 */
export function distinctGateways(addresses: readonly AddressFacts[]): GatewayFacts[] {
  const gateways = addresses.filter(({ balancer }) => balancer !== 'silent').flatMap((each) => each.gateways);
  const seen = new Set<string>();
  return gateways.filter(({ process }) => {
    if (process === undefined) return true;
    const isKnown = seen.has(process);
    seen.add(process);
    return !isKnown;
  });
}
