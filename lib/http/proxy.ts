import http, { type ClientRequest, type IncomingMessage, type RequestOptions, STATUS_CODES } from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { getProxyForUrl } from 'proxy-from-env';
import { ConfigurationError, HttpProxyError } from '../errors/index.js';
import { type Endpoint, FROM_ENVIRONMENT, parseProxy, type ProxyAddress } from '../options/index.js';
import { connectionError } from './connection-error.js';
import { plainRequest } from './plain-request.js';
import { readableText } from './readable-text.js';
import { endpointHeaders } from './request-headers.js';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** What may help where a proxy answers so. */
const HINTS: Readonly<Record<number, string>> = {
  403: 'it has to allow CONNECT to that port',
  405: 'it has to allow CONNECT',
  407: 'give it user name and password, as in proxy: "http://user:password@host:port"',
};

/**
 * The proxy on the way to an endpoint. It is asked for a connection (CONNECT), also for http: so whatever comes through it is
 * the server's, `100 Continue` too, and what the proxy answers itself is never taken for the server's answer, as libraries do
 * that hand it on.
 */
export class HttpProxy {
  readonly #server: string;
  readonly #target: string;
  readonly #address: ProxyAddress;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #secrets: readonly string[];

  /**
   * @param server Service and address behind it, as messages name them.
   * @throws ConfigurationError for credentials that cannot be sent.
   */
  constructor(address: ProxyAddress, endpoint: Endpoint, server: string) {
    this.#server = server;
    this.#address = address;
    const { protocol, hostname, port } = new URL(endpoint.url);
    this.#target = `${hostname}:${port || DEFAULT_PORTS[protocol]}`;
    const { authorization, ...headers } = endpointHeaders({ ...address, headers: {} });
    this.#headers = {
      ...headers,
      host: this.#target,
      ...(authorization !== undefined && { 'proxy-authorization': authorization }),
    };
    this.#secrets = [authorization?.replace(/^\w+ /, ''), address.password].filter((secret) => !!secret) as string[];
  }

  /** Its address, without credentials. */
  get url(): string {
    return this.#address.url;
  }

  /**
   * A connection to the endpoint's server.
   * @throws HttpProxyError if it lets none through.
   */
  connect(signal: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const sender = this.url.startsWith('https:') ? https : http;
      // Its own name: Node would take that of the header `host`, which is the server's.
      const { hostname } = new URL(this.url);
      const servername = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '';
      const ask = { method: 'CONNECT', path: this.#target, headers: this.#headers } as const;
      const options = { ...ask, servername, agent: false, signal } as const;
      const send: (url: string, options: RequestOptions) => ClientRequest = sender.request;
      const request = plainRequest(send, this.url, options);
      request.once('connect', (answer, socket, head) => {
        if (answer.statusCode === undefined || answer.statusCode < 200 || answer.statusCode > 299) {
          socket.destroy();
          reject(this.#refusal(answer));
          return;
        }
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.on('error', (error) => {
        reject(this.#error(connectionError(this.#name, error).message));
      });
      request.end();
    });
  }

  /** No connection has come in time. */
  late(span: string): HttpProxyError {
    return this.#error(`${this.#name} gave no connection ${span}`);
  }

  get #name(): string {
    return `proxy ${this.url}`;
  }

  #refusal({ statusCode: status = 0, statusMessage = '' }: IncomingMessage): HttpProxyError {
    const reason = readableText(statusMessage, this.#secrets) || (STATUS_CODES[status] ?? 'no reason given');
    const hint = HINTS[status];
    const words = `${this.#name} refused a connection to it (${status}): ${reason}`;
    return this.#error(hint === undefined ? words : `${words} (${hint})`, status);
  }

  #error(words: string, status?: number): HttpProxyError {
    return new HttpProxyError(`${this.#server} was not reached: ${words}`, status);
  }
}

/**
 * The proxy on the way to an endpoint, if there is one.
 * @throws ConfigurationError for what is no address of one, such as a SOCKS proxy in the environment.
 */
export function proxyOf(endpoint: Endpoint, server: string): HttpProxy | undefined {
  const isFromEnvironment = endpoint.proxy === FROM_ENVIRONMENT;
  const address = isFromEnvironment ? getProxyForUrl(endpoint.url) : endpoint.proxy;
  if (address === undefined || (isFromEnvironment && address === '')) return undefined;
  return new HttpProxy(addressOf(address, isFromEnvironment), endpoint, server);
}

function addressOf(address: string, isFromEnvironment: boolean): ProxyAddress {
  try {
    return parseProxy(address);
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : 'credentials in a URL must be percent-encoded';
    const where = isFromEnvironment ? ' in the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY)' : '';
    throw new ConfigurationError(`Invalid proxy${where}: ${reason}; expected host:port or an http(s) URL`);
  }
}
