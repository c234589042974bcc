import { ConfigurationError } from '../errors/index.js';
import type { Endpoint } from '../options/index.js';
import { indented, item, quoted } from './yaml.js';

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
): string[] {
  const [first, ...others] = targets as [Target, ...Target[]];
  const isUniform = others.every(({ scheme, basePath }) => scheme === first.scheme && basePath === first.basePath);
  const labelled = targets.map((target) => ({
    target,
    labels: {
      ...labelsOf?.(target),
      ...(target.name !== target.address && { instance: target.name }),
      ...(!isUniform && { __scheme__: target.scheme, __metrics_path__: target.basePath + path }),
    },
  }));
  return [
    ...(isUniform && first.scheme !== 'http' ? [`scheme: ${first.scheme}`] : []),
    ...(isUniform && first.basePath + path !== '/metrics' ? [`metrics_path: ${quoted(first.basePath + path)}`] : []),
    ...credentials(targets, owner),
    ...(targets.some(({ scheme }) => scheme === 'https') ? tls(first.endpoint, owner) : []),
    ...unsent(first.endpoint),
    'static_configs:',
    ...indented(labelled.some(({ labels }) => Object.keys(labels).length > 0) ? oneByOne(labelled) : together(targets)),
  ];
}

function together(targets: readonly Target[]): string[] {
  return item(['targets:', ...indented(targets.map(({ address }) => `- ${quoted(address)}`))]);
}

function oneByOne(targets: readonly { target: Target; labels: Record<string, string> }[]): string[] {
  return targets.flatMap(({ target, labels }) =>
    item([
      `targets: [${quoted(target.address)}]`,
      'labels:',
      ...indented(Object.entries(labels).map(([name, value]) => `${name}: ${quoted(value)}`)),
    ]),
  );
}

function credentials(targets: readonly Target[], owner: string): string[] {
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
    return [
      'authorization:',
      `  # Put the token into this file, beside this one.`,
      `  credentials_file: ${owner}-token`,
    ];
  }
  if (username === undefined) return [];
  return [
    'basic_auth:',
    `  username: ${quoted(username)}`,
    ...(password === undefined && passwordFile === undefined
      ? []
      : ['  # Put the password into this file, beside this one.', `  password_file: ${owner}-password`]),
  ];
}

/** PEM texts of the options as files beside the configuration. */
function tls({ tls: options }: Endpoint, owner: string): string[] {
  const lines = [
    ...(options.ca === undefined ? [] : [`ca_file: ${owner}-ca.pem`]),
    ...(options.cert === undefined ? [] : [`cert_file: ${owner}-cert.pem`]),
    ...(options.key === undefined ? [] : ['# A key without passphrase.', `key_file: ${owner}-key.pem`]),
    ...(options.servername === undefined ? [] : [`server_name: ${quoted(options.servername)}`]),
    ...(options.rejectUnauthorized === false ? ['insecure_skip_verify: true'] : []),
  ];
  return lines.length === 0 ? [] : ['tls_config:', ...indented(lines)];
}

function unsent({ headers }: Endpoint): string[] {
  if (typeof headers === 'function') return ['# Not sent by Prometheus: the configured headers.'];
  const names = Object.keys(headers);
  return names.length === 0 ? [] : [`# Not sent by Prometheus: the configured headers (${names.join(', ')}).`];
}
