import { PrometheusPushgatewayError } from '../errors/index.js';
import { isKnownField, type MetricDefinition, resolveCollect, resolveDefinition } from '../model/index.js';
import type {
  EndpointOptions,
  FormerHost,
  PrometheusPushgatewayModuleOptions,
  PushgatewayOptions,
} from './module-options.js';
import { resolveEndpoint } from './endpoint.js';
import { withDefaults } from './option.js';
import { PUSHGATEWAY } from './schema.js';

const CREDENTIALS = ['host', 'username', 'password', 'passwordFile', 'bearerToken', 'bearerTokenFile'];

/**
 * Finds faults that lie in several options together.
 * @param faulty Paths of options with faults of their own, which are passed over.
 */
export function crossFaults(given: unknown, faulty: readonly string[]): string[] {
  const isSound = (path: string): boolean => !faulty.some((fault) => isWithin(fault, path) || isWithin(path, fault));
  const areCredentialsSound = (section: string): boolean => CREDENTIALS.every((name) => isSound(`${section}.${name}`));
  const options = given as PrometheusPushgatewayModuleOptions;
  const metrics: readonly MetricDefinition[] =
    !faulty.includes('') && Array.isArray(options.metrics) ? options.metrics : [];
  const jobs = isSound('prometheus.jobs') ? options.prometheus.jobs : undefined;
  return [
    ...(areCredentialsSound('prometheus') ? credentialFaults('prometheus', options.prometheus) : []),
    ...(areCredentialsSound('pushgateway') ? gatewayFaults(options.pushgateway) : []),
    ...(isSound('pushgateway.formerHosts') ? formerHostFaults(options.pushgateway) : []),
    ...(isSound('pushgateway.waitForReplicas') ? replicaFaults(options.pushgateway) : []),
    ...metrics.flatMap((metric, at) => (isSound(`metrics.${at}`) ? metricFaults(`metrics.${at}`, metric, jobs) : [])),
  ];
}

/** Whether a path lies within another one; `''` is the whole. */
function isWithin(path: string, outer: string): boolean {
  return outer === '' || path === outer || path.startsWith(`${outer}.`);
}

function gatewayFaults(pushgateway: PushgatewayOptions = {}): string[] {
  return hostsOf(pushgateway).flatMap((host) => credentialFaults('pushgateway', { ...pushgateway, host }));
}

function formerHostFaults(pushgateway: PushgatewayOptions = {}): string[] {
  return formerHostsOf(pushgateway).flatMap((former, at) => credentialFaults(`pushgateway.formerHosts.${at}`, former));
}

function replicaFaults(options: PushgatewayOptions = {}): string[] {
  const { redis, waitForReplicas } = withDefaults(PUSHGATEWAY, options);
  if (redis !== 'memory' || waitForReplicas === 0) return [];
  return [
    `pushgateway.waitForReplicas: expected 0 with values in memory, which has no replicas, got ${waitForReplicas}`,
  ];
}

function credentialFaults(path: string, options: EndpointOptions & { host?: string }): string[] {
  const endpoint = resolveEndpoint(options.host ?? 'localhost', options, 80);
  const { username, password, passwordFile, bearerToken, bearerTokenFile } = endpoint;
  const hasPassword = password !== undefined || passwordFile !== undefined;
  const hasToken = bearerToken !== undefined || bearerTokenFile !== undefined;
  if (hasToken && (username !== undefined || hasPassword)) {
    return [`${path}: expected either bearerToken or username and password, got both`];
  }
  if (bearerToken !== undefined && bearerTokenFile !== undefined) {
    return [`${path}: expected either bearerToken or bearerTokenFile, got both`];
  }
  if (password !== undefined && passwordFile !== undefined) {
    return [`${path}: expected either password or passwordFile, got both`];
  }
  if (hasPassword && username === undefined) {
    return [`${path}.username: expected a user name beside the password, got nothing`];
  }
  return [];
}

/** @param jobs Those that are configured; undefined if that is not known. */
function metricFaults(path: string, metric: MetricDefinition, jobs?: readonly string[]): string[] {
  const unknown = jobs && metric.jobs?.find((job) => !jobs.includes(job));
  if (jobs !== undefined && unknown !== undefined) {
    return [`${path}.jobs: expected jobs of prometheus.jobs (${jobs.join(', ')}), got ${JSON.stringify(unknown)}`];
  }
  try {
    // Unknown fields have their own message already.
    const known = Object.entries(metric).filter(([name]) => isKnownField(name));
    const definition = Object.fromEntries(known) as unknown as MetricDefinition;
    resolveCollect(definition, resolveDefinition(definition));
    return [];
  } catch (error) {
    if (!(error instanceof PrometheusPushgatewayError)) throw error;
    return [`${path}: ${error.message}`];
  }
}

export function hostsOf(options: PushgatewayOptions): readonly string[] {
  const { host } = withDefaults(PUSHGATEWAY, options);
  return typeof host === 'string' ? [host] : host;
}

export function formerHostsOf(options: PushgatewayOptions): readonly FormerHost[] {
  const { formerHosts } = withDefaults(PUSHGATEWAY, options);
  return formerHosts.map((former) => (typeof former === 'string' ? { host: former } : former));
}
