import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { ConfigurationError, HttpProxyError } from '../errors/index.js';
import type { Endpoint, TlsOptions } from '../options/index.js';
import type { HttpProxy } from './proxy.js';

/**
 * A connection for each request: with one every 15 s, a kept socket is often one the server has just closed, and a push
 * would fail for no reason.
 */
const ONE_REQUEST = { keepAlive: false } as const;

/** What makes an endpoint's connections, as axios takes it. */
export type Agents = { httpAgent: http.Agent } | { httpsAgent: https.Agent };

/** Makes them for one request. @param onFailure Told why a proxy on the way gave no connection. */
export type AgentsForRequest = (signal: AbortSignal, onFailure: (error: HttpProxyError) => void) => Agents;

/** @throws ConfigurationError for certificates or keys that are none. */
export function agentsFor({ url, tls }: Endpoint, proxy: HttpProxy | undefined): AgentsForRequest {
  const options = url.startsWith('https:') ? tlsOptions(tls) : undefined;
  if (proxy === undefined) {
    const agents = agentsOf(options);
    return () => agents;
  }
  return (signal, onFailure) => {
    const agents = agentsOf(options);
    const agent = 'httpAgent' in agents ? agents.httpAgent : agents.httpsAgent;
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (asked, done) => {
      proxy
        .connect(signal)
        .then((socket) => {
          done?.(null, options === undefined ? socket : (connect({ ...asked, socket } as typeof asked) as Duplex));
        })
        .catch((error: unknown) => {
          if (error instanceof HttpProxyError) onFailure(error);
          (done as (error: unknown) => void)(error);
        });
      return undefined;
    };
    return agents;
  };
}

function agentsOf(options: https.AgentOptions | undefined): Agents {
  return options === undefined
    ? { httpAgent: new http.Agent(ONE_REQUEST) }
    : { httpsAgent: new https.Agent({ ...ONE_REQUEST, ...options }) };
}

function tlsOptions({ servername, rejectUnauthorized = true, ...material }: TlsOptions): https.AgentOptions {
  try {
    const secureContext = createSecureContext(material);
    return { secureContext, rejectUnauthorized, ...(servername !== undefined && { servername }) };
  } catch (error) {
    throw new ConfigurationError(
      `Invalid tls: expected PEM texts that belong together, got ${(error as Error).message}`,
    );
  }
}
