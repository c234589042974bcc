import { showAs, withoutSecrets } from './hide-secrets.js';
import type { EndpointOptions, TlsOptions } from './module-options.js';

/** One HTTP server, its address parsed and every default filled in. */
export interface Endpoint {
  /** Scheme, host, port and base path, without credentials and without a final slash: `http://localhost:9091/base`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly bearerToken?: string;
  readonly bearerTokenFile?: string;
  readonly headers: NonNullable<EndpointOptions['headers']>;
  readonly tls: TlsOptions;
  /** Its address with credentials, or `environment`. */
  readonly proxy?: string;
  readonly timeoutMs: number;
}

/** Where servers listen unless an address says otherwise. */
export const PROMETHEUS_PORT = 9090;
export const PUSHGATEWAY_PORT = 9091;

export const DEFAULT_TIMEOUT_MS = 10_000;

const ADDRESS_WITH_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Turns `host`, `host:port` or a URL into an {@link Endpoint}. Credentials in a URL count unless the options name their own.
 * @throws TypeError for what is no address; the message does not repeat credentials.
 */
export function resolveEndpoint(host: string, options: EndpointOptions, defaultPort: number): Endpoint {
  const url = parseAddress(host, defaultPort);
  const username = options.username ?? decoded(url.username);
  const { passwordFile, bearerToken, bearerTokenFile, proxy } = options;
  const isOwn = options.username !== undefined || passwordFile !== undefined;
  const password = options.password ?? (isOwn ? undefined : decoded(url.password));
  return shownWithoutSecrets({
    url: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(passwordFile !== undefined && { passwordFile }),
    ...(bearerToken !== undefined && { bearerToken }),
    ...(bearerTokenFile !== undefined && { bearerTokenFile }),
    headers: options.headers ?? {},
    tls: options.tls ?? {},
    ...(proxy !== undefined && { proxy }),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  });
}

/** No header is shown: any of them may be a key. */
export function shownWithoutSecrets<T extends Endpoint>(endpoint: T): T {
  return showAs(endpoint, () => withoutSecrets(endpoint, ['password', 'bearerToken', 'headers', 'tls', 'proxy']));
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('credentials in a URL must be percent-encoded');
  }
}

function parseAddress(host: string, defaultPort: number): URL {
  const hasScheme = ADDRESS_WITH_SCHEME.test(host);
  let url: URL;
  try {
    url = new URL(hasScheme ? host : `http://${host}`);
  } catch {
    throw new TypeError('not an address');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError('the scheme is neither http nor https');
  if (/^[a-z][a-z0-9+.-]*:\/(?!\/)/i.test(host)) throw new TypeError('not an address');
  if (url.search || url.hash) throw new TypeError('an address has no query or fragment');
  // URL itself would leave line breaks out, and encode spaces.
  // eslint-disable-next-line no-control-regex -- these are what an address may not hold
  if (/[\s\u0000-\u001f\u007f]/.test(host)) throw new TypeError('an address has no spaces or control characters');
  if (url.pathname.includes('@')) throw new TypeError('credentials in a URL must be percent-encoded');
  if (!hasScheme && url.port === '' && !/:80(\/|$)/.test(host)) url.port = String(defaultPort);
  return url;
}
