/**
 * A gateway as the ledger and results name it: its address, or, behind a load balancer that names its gateways, the
 * balancer's address and that name: `http://haproxy:9091#gateway-1`.
 */
export function gatewayBehind(balancer: string, name: string): string {
  return `${balancer}#${encodeURIComponent(name)}`;
}

export function partsOf(gateway: string): { readonly address: string; readonly name?: string } {
  const at = gateway.indexOf('#');
  if (at < 0) return { address: gateway };
  return { address: gateway.slice(0, at), name: decodeURIComponent(gateway.slice(at + 1)) };
}
