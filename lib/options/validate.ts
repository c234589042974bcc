import * as v from 'valibot';
import { ConfigurationError } from '../errors/index.js';
import { crossFaults, formerHostsOf, hostsOf } from './cross-faults.js';
import { showAs, withoutSecrets } from './hide-secrets.js';
import { longestGapMs } from './cron.js';
import { PROMETHEUS_PORT, PUSHGATEWAY_PORT, resolveEndpoint, shownWithoutSecrets } from './endpoint.js';
import type {
  AutoPushOptions,
  PrometheusPushgatewayModuleOptions,
  PushgatewayOptions,
  RedisConnection,
} from './module-options.js';
import { withDefaults } from './option.js';
import { socketOptions } from './redis/redis-address.js';
import { isBroadcast, type ResolvedOptions } from './resolved-options.js';
import { BESIDE_THEM, optionsSchema, PROMETHEUS, PUSHGATEWAY, PASSED_ON } from './schema.js';
import { entriesOf, schemaAt, unknownOptions } from './unknown-options.js';

/** Paths whose values are never shown. */
const SECRET = /password|token|passphrase|headers|tls\.(key|cert|ca)$|tls$|redis|formerHosts\.\d+$/i;

/**
 * Checks the module's options and fills in the defaults: the one way for `forRoot` and `forRootAsync`.
 * @throws ConfigurationError with every fault: its path, what came and what was expected.
 */
export function resolveOptions(options: unknown): ResolvedOptions {
  const result = v.safeParse(optionsSchema, options, { abortPipeEarly: true });
  // The schema names only one unknown option of each object; `unknownOptions` names all.
  const issues = result.issues?.filter((issue) => !isUnknownOption(issue)) ?? [];
  const faulty = issues.map((issue) => pathOf(issue).join('.'));
  const faults = [...issues.map(describe), ...unknownOptions(options), ...crossFaults(options, faulty)];
  if (faults.length > 0) {
    const list = faults.map((fault) => `\n  - ${fault}`).join('');
    throw new ConfigurationError(`Invalid options of PrometheusPushgatewayModule:${list}`);
  }
  return resolve(options as PrometheusPushgatewayModuleOptions);
}

/** What follows from several options is decided here, and nowhere else. */
function resolve(given: PrometheusPushgatewayModuleOptions): ResolvedOptions {
  const { prometheus, pushgateway = {} } = given;
  const { host, labels, instance } = withDefaults(PROMETHEUS, prometheus);
  const passedOn = withDefaults(PASSED_ON, pushgateway);
  const beside = withDefaults(BESIDE_THEM, given);
  const gateways = gatewaysOf(pushgateway);
  const resolved: ResolvedOptions = {
    prometheus: resolveEndpoint(host, prometheus, PROMETHEUS_PORT),
    prometheusLabels: labels,
    instance,
    jobs: prometheus.jobs as [string, ...string[]],
    gateways,
    formerGateways: formerGatewaysOf(pushgateway),
    groupingLabels: withDefaults(PUSHGATEWAY, pushgateway).groupingLabels,
    ...passedOn,
    redis: socketOptionsOf(passedOn.redis) ?? passedOn.redis,
    isBroadcast: isBroadcast({ ...passedOn, gateways }),
    ...beside,
    pushOnShutdown: beside.pushOnShutdown ?? beside.autoPush !== false,
    startTimes: beside.startTimes && gateways[0].format !== 'text',
    get pushIntervalMs(): number | undefined {
      return pushIntervalMs(beside.autoPush);
    },
  };
  return showAs(resolved, () => withoutSecrets(resolved, ['redis']));
}

function gatewaysOf(options: PushgatewayOptions): ResolvedOptions['gateways'] {
  const { format, gzip, expectContinue } = withDefaults(PUSHGATEWAY, options);
  const [first, ...others] = hostsOf(options).map((host) =>
    shownWithoutSecrets({ ...resolveEndpoint(host, options, PUSHGATEWAY_PORT), format, gzip, expectContinue }),
  );
  return [first as ResolvedOptions['gateways'][0], ...others];
}

function formerGatewaysOf(options: PushgatewayOptions): ResolvedOptions['formerGateways'] {
  const { proxy } = options;
  return formerHostsOf(options).map(({ host, ...endpoint }) =>
    resolveEndpoint(host, { ...(proxy !== undefined && { proxy }), ...endpoint }, PUSHGATEWAY_PORT),
  );
}

function socketOptionsOf(redis: RedisConnection): RedisConnection | undefined {
  return typeof redis === 'string' ? socketOptions(redis) : undefined;
}

function pushIntervalMs(autoPush: AutoPushOptions): number | undefined {
  if (autoPush === false) return undefined;
  return 'everyMs' in autoPush ? autoPush.everyMs : longestGapMs(autoPush.cron);
}

type Issue = v.BaseIssue<unknown>;

function isUnknownOption({ type, expected }: Issue): boolean {
  return type === 'strict_object' && expected === 'never';
}

function describe(issue: Issue): string {
  const path = v.getDotPath(issue) ?? '';
  const place = path === '' ? 'options' : path;
  if (issue.type === 'strict_object' && issue.input === undefined && issue.expected?.startsWith('"')) {
    return `${place}: expected ${expectedAt(pathOf(issue))}, got nothing`;
  }
  return `${place}: expected ${issue.message}, got ${show(path, issue.input)}`;
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

function show(path: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  const isHost = /\.(host|proxy)(\.\d+)?$/.test(path);
  const isSecret =
    SECRET.test(path) || (isHost && (typeof value === 'object' || (typeof value === 'string' && /[?@]/.test(value))));
  if (isSecret && typeof value !== 'boolean')
    return `${typeof value === 'object' ? 'an object' : `a ${typeof value}`}, not shown`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && value.includes('@')) return 'a text with credentials, not shown';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : JSON.stringify(value);
}
