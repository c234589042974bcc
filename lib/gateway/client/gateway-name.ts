/** A balancer names the gateway that answered, and sends a request with this header to the gateway it names. */
export const GATEWAY_HEADER = 'x-pushgateway';

/** Whether a name goes into a header as it is. */
export function isGatewayName(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
