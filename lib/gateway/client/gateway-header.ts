import type { HttpResponse } from '../../http/index.js';

/** Answers: the balancer writes here which gateway answered. Requests: we write here which gateway we want. */
export const GATEWAY_HEADER = 'x-pushgateway';

/** Whether a name goes into a header as it is. */
export function isGatewayName(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/**
 * Which gateway answered, if a balancer says so. `unusable` is a text that cannot be sent back as a name: a proxy may use the
 * header for something else.
 */
export function gatewayIn({ headers }: Pick<HttpResponse, 'headers'>): {
  readonly name?: string;
  readonly unusable?: string;
} {
  const text = headers[GATEWAY_HEADER] ?? '';
  // HAProxy writes <NOSRV> where it answers itself. No server of HAProxy has such a name.
  if (text === '' || text.startsWith('<')) return {};
  return isGatewayName(text) ? { name: text } : { unusable: text };
}
