import * as v from 'valibot';
import { ConfigurationError, PrometheusPushgatewayError } from '../errors/index.js';
import { type MetricDefinition, resolveDefinition } from '../model/index.js';
import { meantOption } from './closest.js';
import { showAs, withoutSecrets } from './hide-secrets.js';
import type {
  EndpointOptions,
  FormerHost,
  PrometheusPushgatewayModuleOptions,
  PushgatewayOptions,
} from './module-options.js';
import { resolveEndpoint, type ResolvedOptions, shownWithoutSecrets } from './resolved-options.js';
import { optionsSchema } from './schema.js';

/** Paths whose values are never shown. */
const SECRET = /password|token|passphrase|headers|tls\.(key|cert|ca)$|tls$|redis|formerHosts\.\d+$/i;

/**
 * Checks the module's options and fills in the defaults: the one way for `forRoot` and `forRootAsync`.
 * @throws ConfigurationError with every fault: its path, what came and what was expected.
 */
export function resolveOptions(options: unknown): ResolvedOptions {
  const result = v.safeParse(optionsSchema, options, { abortPipeEarly: true });
  const faults = result.issues?.map(describe) ?? [];
  if (result.success) faults.push(...crossFaults(options as PrometheusPushgatewayModuleOptions));
  if (faults.length > 0) {
    const list = faults.map((fault) => `\n  - ${fault}`).join('');
    throw new ConfigurationError(`Invalid options of PrometheusPushgatewayModule:${list}`);
  }
  return withDefaults(options as PrometheusPushgatewayModuleOptions);
}

function withDefaults(options: PrometheusPushgatewayModuleOptions): ResolvedOptions {
  const { prometheus, pushgateway = {}, metrics = [], autoPush = { everyMs: 15_000 }, selfMetrics = false } = options;
  const resolved: ResolvedOptions = {
    prometheus: resolveEndpoint(prometheus.host ?? 'localhost:9090', prometheus, 9090),
    prometheusLabels: prometheus.labels ?? {},
    instance: prometheus.instance ?? 'localhost',
    jobs: prometheus.jobs as [string, ...string[]],
    gateways: gatewaysOf(pushgateway),
    formerGateways: formerHostsOf(pushgateway).map(({ host, ...endpoint }) => resolveEndpoint(host, endpoint, 9091)),
    strategy: pushgateway.strategy ?? 'sticky',
    failoverAfterMs: pushgateway.failoverAfterMs ?? 5_000,
    redis: pushgateway.redis ?? 'localhost:6379',
    waitForReplicas: pushgateway.waitForReplicas ?? 0,
    keyPrefix: pushgateway.keyPrefix ?? 'prometheus_pushgateway',
    flushIntervalMs: pushgateway.flushIntervalMs ?? 250,
    staleGroupAfterMs: pushgateway.staleGroupAfterMs,
    seriesTtlMs: pushgateway.seriesTtlMs,
    groupingLabels: pushgateway.groupingLabels ?? {},
    metrics,
    autoPush,
    pushOnShutdown: options.pushOnShutdown ?? autoPush !== false,
    deleteOnShutdown: options.deleteOnShutdown ?? false,
    shutdownTimeoutMs: options.shutdownTimeoutMs ?? 5_000,
    selfMetrics,
    announceForMs: options.announceForMs ?? 0,
    maxSeriesPerMetric: options.maxSeriesPerMetric ?? 10_000,
    maxLabelValueLength: options.maxLabelValueLength ?? 1_024,
    maxMetrics: options.maxMetrics ?? 1_000,
  };
  return showAs(resolved, () => withoutSecrets(resolved, ['redis']));
}

function gatewaysOf(options: PushgatewayOptions): ResolvedOptions['gateways'] {
  const { gzip = true, expectContinue = true } = options;
  const [first, ...others] = hostsOf(options).map((host) =>
    shownWithoutSecrets({ ...resolveEndpoint(host, options, 9091), gzip, expectContinue }),
  );
  return [first as ResolvedOptions['gateways'][0], ...others];
}

function hostsOf({ host = 'localhost:9091' }: PushgatewayOptions): readonly string[] {
  return typeof host === 'string' ? [host] : host;
}

function formerHostsOf({ formerHosts = [] }: PushgatewayOptions): readonly FormerHost[] {
  return formerHosts.map((former) => (typeof former === 'string' ? { host: former } : former));
}

/** What a schema of single values cannot see. */
function crossFaults(options: PrometheusPushgatewayModuleOptions): string[] {
  return [
    ...credentialFaults('prometheus', options.prometheus),
    ...hostsOf(options.pushgateway ?? {}).flatMap((host) =>
      credentialFaults('pushgateway', { ...options.pushgateway, host }),
    ),
    ...formerHostsOf(options.pushgateway ?? {}).flatMap((former, at) =>
      credentialFaults(`pushgateway.formerHosts.${at}`, former),
    ),
    ...replicaFaults(options.pushgateway),
    ...(options.metrics ?? []).flatMap((metric, at) => metricFaults(`metrics.${at}`, metric, options.prometheus.jobs)),
  ];
}

function replicaFaults({ redis, waitForReplicas = 0 }: PushgatewayOptions = {}): string[] {
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

function metricFaults(path: string, metric: MetricDefinition, jobs: readonly string[]): string[] {
  const unknown = metric.jobs?.find((job) => !jobs.includes(job));
  if (unknown !== undefined) {
    return [`${path}.jobs: expected jobs of prometheus.jobs (${jobs.join(', ')}), got ${JSON.stringify(unknown)}`];
  }
  try {
    resolveDefinition(metric);
    return [];
  } catch (error) {
    if (!(error instanceof PrometheusPushgatewayError)) throw error;
    return [`${path}: ${error.message}`];
  }
}

type Issue = v.InferIssue<typeof optionsSchema>;

function describe(issue: Issue): string {
  const path = v.getDotPath(issue) ?? '';
  const place = path === '' ? 'options' : path;
  if (issue.type === 'strict_object' && issue.expected === 'never') return describeUnknown(issue, place);
  if (issue.type === 'strict_object' && issue.input === undefined && issue.expected.startsWith('"')) {
    return `${place}: expected ${expectedAt(pathOf(issue))}, got nothing`;
  }
  return `${place}: expected ${issue.message}, got ${show(path, issue.input)}`;
}

function describeUnknown(issue: Issue, place: string): string {
  const path = pathOf(issue);
  const known = Object.keys(entriesOf(schemaAt(path.slice(0, -1))));
  const meant = meantOption(path.at(-1) ?? '', known);
  const advice = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`;
  return `${place}: unknown option; ${advice}`;
}

function pathOf(issue: Issue): string[] {
  return (issue.path ?? []).map(({ key }) => String(key));
}

/** What the schema of a required option expects. */
function expectedAt(path: readonly string[]): string {
  const last = path.at(-1) ?? '';
  const schema = entriesOf(schemaAt(path.slice(0, -1)))[last] as v.GenericSchema;
  return v.safeParse(schema, undefined).issues?.[0].message ?? 'a value';
}

function schemaAt(path: readonly string[]): unknown {
  let schema: unknown = optionsSchema;
  for (const step of path) schema = unwrap(/^\d+$/.test(step) ? schema : entriesOf(schema)[step]);
  return schema;
}

function entriesOf(schema: unknown): Record<string, unknown> {
  return (schema as { entries?: Record<string, unknown> }).entries ?? {};
}

function unwrap(schema: unknown): unknown {
  const { wrapped, item } = schema as { wrapped?: unknown; item?: unknown };
  const inner = wrapped ?? item;
  return inner === undefined ? schema : unwrap(inner);
}

function show(path: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  const isHost = /\.host(\.\d+)?$/.test(path);
  const isSecret =
    SECRET.test(path) || (isHost && (typeof value === 'object' || (typeof value === 'string' && /[?@]/.test(value))));
  if (isSecret && typeof value !== 'boolean')
    return `${typeof value === 'object' ? 'an object' : `a ${typeof value}`}, not shown`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && value.includes('@')) return 'a text with credentials, not shown';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : JSON.stringify(value);
}
