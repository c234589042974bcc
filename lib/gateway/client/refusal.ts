import { GatewayResponseError } from '../../errors/index.js';
import type { HttpClient, HttpResponse } from '../../http/index.js';

const HINTS: Readonly<Record<number, string>> = {
  401: 'check username and password, or bearerToken',
  403: 'check username and password, or bearerToken',
  404: 'if the gateway runs with --web.route-prefix, put that path into host, as in "http://host:9091/prefix"',
  413: 'a proxy before the gateway takes no push of this size; in nginx that is client_max_body_size',
};

/** The error for an unexpected answer: what was refused, the gateway's words, what to look at. */
export function refusal(http: HttpClient, response: HttpResponse, what: string): GatewayResponseError {
  const { status } = response;
  const reason = http.reasonOf(response);
  const hint = HINTS[status];
  const message = `${http.server} refused ${what} (${status}): ${reason}${hint === undefined ? '' : ` (${hint})`}`;
  return new GatewayResponseError(message, status, reason);
}
