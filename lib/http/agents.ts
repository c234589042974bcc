import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { ConfigurationError } from '../errors/index.js';
import type { Endpoint, TlsOptions } from '../options/index.js';

/**
 * A connection for each request: with one every 15 s, a kept socket is often one the server has just closed, and a push
 * would fail for no reason.
 */
const ONE_REQUEST = { keepAlive: false } as const;

/**
 * What makes an endpoint's connections, as axios takes it.
 * @throws ConfigurationError for certificates or keys that are none.
 */
export function agentsFor({ url, tls }: Endpoint): { httpAgent: http.Agent } | { httpsAgent: https.Agent } {
  return url.startsWith('https:') ? { httpsAgent: httpsAgent(tls) } : { httpAgent: new http.Agent(ONE_REQUEST) };
}

function httpsAgent({ servername, rejectUnauthorized = true, ...material }: TlsOptions): https.Agent {
  try {
    const secureContext = createSecureContext(material);
    return new https.Agent({
      ...ONE_REQUEST,
      secureContext,
      rejectUnauthorized,
      ...(servername !== undefined && { servername }),
    });
  } catch (error) {
    throw new ConfigurationError(
      `Invalid tls: expected PEM texts that belong together, got ${(error as Error).message}`,
    );
  }
}
