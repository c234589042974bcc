import * as v from 'valibot';
import { ConfigurationError, PrometheusPushgatewayError } from '../errors/index.js';
import { type MetricDefinition, resolveDefinition } from '../model/index.js';
import { closest } from './closest.js';
import type { EndpointOptions, PrometheusPushgatewayModuleOptions } from './module-options.js';
import { resolveEndpoint, type ResolvedOptions } from './resolved-options.js';
import { optionsSchema } from './schema.js';

/** Paths whose values are never shown. */
const SECRET = /password|token|passphrase|headers|\.(key|cert|ca)$|redis/i;

/**
 * Checks the module's options and fills in the defaults: the one way for `forRoot` and `forRootAsync`.
 * @throws ConfigurationError with every fault: its path, what came and what was expected.
 */
export function resolveOptions(options: unknown): ResolvedOptions {
  const result = v.safeParse(optionsSchema, options);
  const faults = result.issues?.map(describe) ?? [];
  if (result.success) faults.push(...crossFaults(options as PrometheusPushgatewayModuleOptions));
  if (faults.length > 0) {
    const list = faults.map((fault) => `\n  - ${fault}`).join('');
    throw new ConfigurationError(`Invalid options of PrometheusPushgatewayModule:${list}`);
  }
  return withDefaults(options as PrometheusPushgatewayModuleOptions);
}

function withDefaults(options: PrometheusPushgatewayModuleOptions): ResolvedOptions {
  const { prometheus, pushgateway = {}, metrics = [], autoPush = { everyMs: 15_000 } } = options;
  return {
    prometheus: resolveEndpoint(prometheus.host ?? 'localhost:9090', prometheus, 9090),
    instance: prometheus.instance ?? 'localhost',
    jobs: prometheus.jobs as [string, ...string[]],
    pushgateway: {
      ...resolveEndpoint(pushgateway.host ?? 'localhost:9091', pushgateway, 9091),
      gzip: pushgateway.gzip ?? true,
      expectContinue: pushgateway.expectContinue ?? true,
    },
    redis: pushgateway.redis ?? 'localhost:6379',
    keyPrefix: pushgateway.keyPrefix ?? 'prometheus_pushgateway',
    flushIntervalMs: pushgateway.flushIntervalMs ?? 250,
    groupingLabels: pushgateway.groupingLabels ?? {},
    metrics,
    autoPush,
  };
}

/** What a schema of single values cannot see. */
function crossFaults(options: PrometheusPushgatewayModuleOptions): string[] {
  return [
    ...credentialFaults('prometheus', options.prometheus),
    ...credentialFaults('pushgateway', options.pushgateway ?? {}),
    ...(options.metrics ?? []).flatMap((metric, at) => metricFaults(`metrics.${at}`, metric, options.prometheus.jobs)),
  ];
}

function credentialFaults(path: string, { username, password, bearerToken }: EndpointOptions): string[] {
  if (bearerToken !== undefined && (username !== undefined || password !== undefined)) {
    return [`${path}: expected either bearerToken or username and password, got both`];
  }
  if (password !== undefined && username === undefined) {
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
    const required = place === 'prometheus.jobs' ? 'an array of job names, at least one' : 'a value';
    return `${place}: expected ${required}, got nothing`;
  }
  return `${place}: expected ${issue.message}, got ${show(path, issue.input)}`;
}

function describeUnknown(issue: Issue, place: string): string {
  const parent = issue.path?.at(-1);
  const known = namesAt(place.split('.').slice(0, -1));
  const meant = closest(String(parent?.key), known);
  const advice = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`;
  return `${place}: unknown option; ${advice}`;
}

/** Names of the options at a path of the schema. */
function namesAt(path: readonly string[]): string[] {
  let schema: unknown = optionsSchema;
  for (const step of path) schema = unwrap(/^\d+$/.test(step) ? schema : entriesOf(schema)[step]);
  return Object.keys(entriesOf(schema));
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
  if (SECRET.test(path)) return `${typeof value === 'object' ? 'an object' : `a ${typeof value}`}, not shown`;
  if (typeof value === 'string' && value.includes('@')) return 'a text with credentials, not shown';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : JSON.stringify(value);
}
