import { ConfigurationError } from '../errors/index.js';
import { misspellings, valueOf } from './environment-names.js';
import type { AutoPushOptions, PrometheusPushgatewayModuleOptions, PushStrategy } from './module-options.js';

/** Each variable, and how its text becomes an option. */
const VARIABLES = {
  PROMETHEUS_HOST: asText,
  PROMETHEUS_USERNAME: asText,
  PROMETHEUS_PASSWORD: asText,
  PROMETHEUS_PASSWORD_FILE: asText,
  PROMETHEUS_BEARER_TOKEN: asText,
  PROMETHEUS_BEARER_TOKEN_FILE: asText,
  PROMETHEUS_PROXY: asText,
  PROMETHEUS_INSTANCE: asText,
  PROMETHEUS_JOBS: asList,
  PROMETHEUS_LABELS: asLabels,
  PROMETHEUS_TIMEOUT_MS: asMilliseconds,
  PUSHGATEWAY_HOST: asTextOrList,
  PUSHGATEWAY_FORMER_HOSTS: asList,
  PUSHGATEWAY_USERNAME: asText,
  PUSHGATEWAY_PASSWORD: asText,
  PUSHGATEWAY_PASSWORD_FILE: asText,
  PUSHGATEWAY_BEARER_TOKEN: asText,
  PUSHGATEWAY_BEARER_TOKEN_FILE: asText,
  PUSHGATEWAY_PROXY: asText,
  PUSHGATEWAY_REDIS: asText,
  PUSHGATEWAY_KEY_PREFIX: asText,
  PUSHGATEWAY_WAIT_FOR_REPLICAS: asReplicas,
  PUSHGATEWAY_TIMEOUT_MS: asMilliseconds,
  PUSHGATEWAY_STRATEGY: asStrategy,
  PUSHGATEWAY_FAILOVER_AFTER_MS: asMilliseconds,
  PUSHGATEWAY_FLUSH_INTERVAL_MS: asMilliseconds,
  PUSHGATEWAY_STALE_GROUP_AFTER_MS: asMilliseconds,
  PUSHGATEWAY_SERIES_TTL_MS: asMilliseconds,
  PUSHGATEWAY_GZIP: asFlag,
  PUSHGATEWAY_EXPECT_CONTINUE: asFlag,
  PUSHGATEWAY_GROUPING_LABELS: asLabels,
  PUSHGATEWAY_AUTO_PUSH: asAutoPush,
  PUSHGATEWAY_PUSH_ON_SHUTDOWN: asFlag,
  PUSHGATEWAY_DELETE_ON_SHUTDOWN: asFlag,
  PUSHGATEWAY_SHUTDOWN_TIMEOUT_MS: asMilliseconds,
  PUSHGATEWAY_SELF_METRICS: asFlag,
  PUSHGATEWAY_ANNOUNCE_FOR_MS: asMilliseconds,
  PUSHGATEWAY_MAX_SERIES_PER_METRIC: asNumber,
  PUSHGATEWAY_MAX_LABEL_VALUE_LENGTH: asNumber,
  PUSHGATEWAY_MAX_METRICS: asNumber,
} as const;

type Variable = keyof typeof VARIABLES;
type Values = { -readonly [Name in Variable]?: ReturnType<(typeof VARIABLES)[Name]> };

/** What other tools call the gateway's address. */
const GATEWAY_URLS = ['PUSHGATEWAY_URL', 'PROMETHEUS_PUSHGATEWAY_URL'];

/** The names of all variables. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(VARIABLES);

/**
 * The module's options from environment variables; an empty variable counts as unset. `PUSHGATEWAY_URL` or
 * `PROMETHEUS_PUSHGATEWAY_URL` is the host where `PUSHGATEWAY_HOST` is not set, `OTEL_SERVICE_NAME` the job without
 * `PROMETHEUS_JOBS`.
 * @throws ConfigurationError naming each variable that is missing, misspelled or cannot be read.
 */
export function optionsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): PrometheusPushgatewayModuleOptions {
  const faults = misspellings(environment, VARIABLE_NAMES);
  const values = readVariables(environment, faults);
  const service = valueOf(environment, 'OTEL_SERVICE_NAME');
  if (service !== undefined) values.PROMETHEUS_JOBS ??= [service];
  if (values.PROMETHEUS_JOBS === undefined) {
    faults.push('PROMETHEUS_JOBS: expected job names separated by commas, got nothing');
  }
  if (faults.length > 0) {
    throw new ConfigurationError(`Invalid environment:${faults.map((fault) => `\n  - ${fault}`).join('')}`);
  }
  return toOptions(values);
}

function toOptions(values: Values): PrometheusPushgatewayModuleOptions {
  return {
    prometheus: {
      jobs: values.PROMETHEUS_JOBS ?? [],
      ...withoutUndefined({
        host: values.PROMETHEUS_HOST,
        username: values.PROMETHEUS_USERNAME,
        password: values.PROMETHEUS_PASSWORD,
        passwordFile: values.PROMETHEUS_PASSWORD_FILE,
        bearerToken: values.PROMETHEUS_BEARER_TOKEN,
        bearerTokenFile: values.PROMETHEUS_BEARER_TOKEN_FILE,
        proxy: values.PROMETHEUS_PROXY,
        instance: values.PROMETHEUS_INSTANCE,
        labels: values.PROMETHEUS_LABELS,
        timeoutMs: values.PROMETHEUS_TIMEOUT_MS,
      }),
    },
    pushgateway: withoutUndefined({
      host: values.PUSHGATEWAY_HOST,
      formerHosts: values.PUSHGATEWAY_FORMER_HOSTS,
      username: values.PUSHGATEWAY_USERNAME,
      password: values.PUSHGATEWAY_PASSWORD,
      passwordFile: values.PUSHGATEWAY_PASSWORD_FILE,
      bearerToken: values.PUSHGATEWAY_BEARER_TOKEN,
      bearerTokenFile: values.PUSHGATEWAY_BEARER_TOKEN_FILE,
      proxy: values.PUSHGATEWAY_PROXY,
      redis: values.PUSHGATEWAY_REDIS,
      keyPrefix: values.PUSHGATEWAY_KEY_PREFIX,
      waitForReplicas: values.PUSHGATEWAY_WAIT_FOR_REPLICAS,
      timeoutMs: values.PUSHGATEWAY_TIMEOUT_MS,
      strategy: values.PUSHGATEWAY_STRATEGY,
      failoverAfterMs: values.PUSHGATEWAY_FAILOVER_AFTER_MS,
      flushIntervalMs: values.PUSHGATEWAY_FLUSH_INTERVAL_MS,
      staleGroupAfterMs: values.PUSHGATEWAY_STALE_GROUP_AFTER_MS,
      seriesTtlMs: values.PUSHGATEWAY_SERIES_TTL_MS,
      gzip: values.PUSHGATEWAY_GZIP,
      expectContinue: values.PUSHGATEWAY_EXPECT_CONTINUE,
      groupingLabels: values.PUSHGATEWAY_GROUPING_LABELS,
    }),
    ...withoutUndefined({
      autoPush: values.PUSHGATEWAY_AUTO_PUSH,
      pushOnShutdown: values.PUSHGATEWAY_PUSH_ON_SHUTDOWN,
      deleteOnShutdown: values.PUSHGATEWAY_DELETE_ON_SHUTDOWN,
      shutdownTimeoutMs: values.PUSHGATEWAY_SHUTDOWN_TIMEOUT_MS,
      selfMetrics: values.PUSHGATEWAY_SELF_METRICS,
      announceForMs: values.PUSHGATEWAY_ANNOUNCE_FOR_MS,
      maxSeriesPerMetric: values.PUSHGATEWAY_MAX_SERIES_PER_METRIC,
      maxLabelValueLength: values.PUSHGATEWAY_MAX_LABEL_VALUE_LENGTH,
      maxMetrics: values.PUSHGATEWAY_MAX_METRICS,
    }),
  };
}

function readVariables(environment: Readonly<Record<string, string | undefined>>, faults: string[]): Values {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(VARIABLES) as Variable[]) {
    const text = valueOf(environment, name, ...(name === 'PUSHGATEWAY_HOST' ? GATEWAY_URLS : []));
    if (text === undefined) continue;
    try {
      values[name] = VARIABLES[name](text);
    } catch (error) {
      faults.push(`${name}: expected ${(error as Error).message}`);
    }
  }
  return values;
}

function asText(text: string): string {
  return text;
}

function asTextOrList(text: string): string | string[] {
  return text.includes(',') ? asList(text) : text;
}

function asList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

function asMilliseconds(text: string): number {
  return asWholeNumber(text, 'milliseconds');
}

function asReplicas(text: string): number {
  return asWholeNumber(text, 'replicas');
}

function asWholeNumber(text: string, of: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`a whole number of ${of}, got "${text}"`);
  return Number(text);
}

function asNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`a whole number, got "${text}"`);
  return Number(text);
}

function asFlag(text: string): boolean {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new Error(`true or false, got "${text}"`);
}

function asLabels(text: string): Record<string, string> {
  const pairs = asList(text).map((item): [string, string] => {
    const at = item.indexOf('=');
    if (at < 1) throw new Error(`name=value pairs separated by commas, got "${text}"`);
    return [item.slice(0, at).trim(), item.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

function asStrategy(text: string): PushStrategy {
  if (text === 'sticky' || text === 'broadcast') return text;
  throw new Error(`sticky or broadcast, got "${text}"`);
}

/** `off`, milliseconds, or a cron expression. */
function asAutoPush(text: string): AutoPushOptions {
  if (/^(false|no|off|never)$/i.test(text)) return false;
  return /^\d+$/.test(text) ? { everyMs: Number(text) } : { cron: text };
}

function withoutUndefined<T extends object>(object: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
