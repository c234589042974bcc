import { ConfigurationError } from '../errors/index.js';
import type { Endpoint } from '../options/index.js';
import { commented, inline, type Yaml } from './yaml.js';

/** A server as a scrape job names it. */
export interface Target {
  readonly endpoint: Endpoint;
  /** `host:port`, the port never left out: newer versions of Prometheus no longer add it. */
  readonly address: string;
  readonly scheme: string;
  readonly basePath: string;
  /** The address; with the base path, if other servers have the same address. */
  readonly name: string;
}

/** Each server as a target. */
export function targetsOf(endpoints: readonly Endpoint[]): Target[] {
  const targets = endpoints.map((endpoint) => {
    const { hostname, port, protocol, pathname } = new URL(endpoint.url);
    const address = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
    const basePath = pathname === '/' ? '' : pathname;
    return { endpoint, address, basePath, scheme: protocol.slice(0, -1) };
  });
  return targets.map((target) => {
    const isAlone = targets.filter(({ address }) => address === target.address).length === 1;
    return { ...target, name: target.address + (isAlone ? '' : target.basePath) };
  });
}

/**
 * What a scrape job says of its servers: scheme, path, credentials, TLS, addresses. Secrets stand in files that
 * Prometheus reads, named `<owner>-password` and the like.
 *
 * @param labelsOf further labels of a target.
 * @throws ConfigurationError if the servers do not share their credentials: a scrape job has one set of them.
 */
export function serversOf(
  targets: readonly Target[],
  { path, owner, labelsOf }: { path: string; owner: string; labelsOf?: (target: Target) => Record<string, string> },
): Record<string, Yaml | undefined> {
  const [first, ...others] = targets as [Target, ...Target[]];
  const isUniform = others.every(({ scheme, basePath }) => scheme === first.scheme && basePath === first.basePath);
  const labelled = targets.map((target) => ({
    targets: inline(target.address),
    labels: {
      ...labelsOf?.(target),
      ...(target.name !== target.address && { instance: target.name }),
      ...(!isUniform && { __scheme__: target.scheme, __metrics_path__: target.basePath + path }),
    },
  }));
  const hasLabels = labelled.some(({ labels }) => Object.keys(labels).length > 0);
  const servers = hasLabels ? labelled : [{ targets: targets.map(({ address }) => address) }];
  const unsent = unsentHeaders(first.endpoint);
  return {
    scheme: isUniform && first.scheme !== 'http' ? first.scheme : undefined,
    metrics_path: isUniform && first.basePath + path !== '/metrics' ? first.basePath + path : undefined,
    ...credentials(targets, owner),
    tls_config: targets.some(({ scheme }) => scheme === 'https') ? tls(first.endpoint, owner) : undefined,
    static_configs: unsent === undefined ? servers : commented(unsent, servers),
  };
}

function credentials(targets: readonly Target[], owner: string): Record<string, Yaml> {
  const NAMES = ['username', 'password', 'passwordFile', 'bearerToken', 'bearerTokenFile'] as const;
  const [first] = targets.map(({ endpoint }) => endpoint) as [Endpoint];
  const { username, password, passwordFile, bearerToken, bearerTokenFile } = first;
  const isShared = targets.every(({ endpoint }) => NAMES.every((name) => endpoint[name] === first[name]));
  if (!isShared) {
    throw new ConfigurationError(
      `Invalid credentials in the addresses of ${owner}: expected the same for all, as a scrape job has one set of ` +
        'credentials, got different ones',
    );
  }
  if (bearerToken !== undefined || bearerTokenFile !== undefined) {
    const file = commented('Put the token into this file, beside this one.', `${owner}-token`);
    return { authorization: { credentials_file: file } };
  }
  if (username === undefined) return {};
  const file = commented('Put the password into this file, beside this one.', `${owner}-password`);
  const hasPassword = password !== undefined || passwordFile !== undefined;
  return { basic_auth: { username, password_file: hasPassword ? file : undefined } };
}

/** PEM texts of the options as files beside the configuration. */
function tls({ tls: options }: Endpoint, owner: string): Yaml | undefined {
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  const config = {
    ca_file: ca && `${owner}-ca.pem`,
    cert_file: cert && `${owner}-cert.pem`,
    key_file: key && commented('A key without passphrase.', `${owner}-key.pem`),
    server_name: servername,
    insecure_skip_verify: rejectUnauthorized === false ? true : undefined,
  };
  return Object.values(config).some((value) => value !== undefined) ? config : undefined;
}

function unsentHeaders({ headers }: Endpoint): string | undefined {
  const unsent = 'Not sent by Prometheus: the configured headers';
  if (typeof headers === 'function') return `${unsent}.`;
  const names = Object.keys(headers);
  return names.length === 0 ? undefined : `${unsent} (${names.join(', ')}).`;
}
