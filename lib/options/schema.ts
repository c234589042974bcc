import * as v from 'valibot';
import * as checks from './checks.js';
import { DEFAULT_TIMEOUT_MS, PROMETHEUS_PORT, PUSHGATEWAY_PORT } from './endpoint.js';
import {
  asAutoPush,
  asExemplars,
  asFlag,
  asFormat,
  asLabels,
  asList,
  asStrategy,
  asText,
  asTextOrList,
  asWholeNumber,
} from './from-text.js';
import type {
  EndpointOptions,
  PrometheusOptions,
  PrometheusPushgatewayModuleOptions,
  PushgatewayOptions,
} from './module-options.js';
import { INSTRUMENT } from './instrument-schema.js';
import { objectOf, type Option, type Options, type OptionsOf } from './option.js';

// The one place for what an option may be, its default and how a variable gives it. From here come the check at start, the
// resolved options, the variables' names, and the tables of docs/configuration.md (`npm run docs:options`).

const MILLISECONDS = { check: checks.milliseconds, fromText: asWholeNumber('milliseconds') };
const LIMIT = { check: checks.limit, fromText: asWholeNumber() };
const FLAG = { check: checks.flag, fromText: asFlag };
const LABELS = { check: checks.labels, fromText: asLabels, default: {} };
const PATH = { check: checks.text('a path of a file'), fromText: asText };

/** How to reach Prometheus, and a gateway. */
export const ENDPOINT = {
  username: { check: checks.text('a user name'), fromText: asText },
  password: { check: v.string('a string'), fromText: asText },
  passwordFile: PATH,
  bearerToken: {
    check: v.pipe(checks.text('a token'), v.regex(/^[\x21-\x7e]+$/, 'a token without spaces')),
    fromText: asText,
  },
  bearerTokenFile: PATH,
  headers: { check: checks.headers },
  tls: { check: checks.tls, otherwise: "the system's authorities" },
  proxy: { check: checks.proxy, fromText: asText, otherwise: 'none, whatever the environment says' },
  timeoutMs: { ...MILLISECONDS, default: DEFAULT_TIMEOUT_MS },
} satisfies OptionsOf<EndpointOptions>;

export const PROMETHEUS = {
  host: { check: checks.host, fromText: asText, default: `localhost:${PROMETHEUS_PORT}` },
  ...ENDPOINT,
  labels: LABELS,
  instance: { check: checks.text('a name of this server or application'), fromText: asText, default: 'localhost' },
  jobs: { check: checks.jobs, isRequired: true, fromText: asList },
} satisfies OptionsOf<PrometheusOptions>;

const FORMER_HOST = v.union(
  [checks.gatewayHost, objectOf({ ...ENDPOINT, host: { check: checks.gatewayHost, isRequired: true } })],
  '"host:port", an http(s) URL, or an object with host and credentials',
);

/**
 * Options of `pushgateway` that are in `ResolvedOptions` under their own names, with their defaults. The others are passed
 * on by hand: what belongs to each gateway by `gatewaysOf` (validate.ts), `PushTransport` (resolved-options.ts) and
 * gateway-directory.ts.
 */
export const PASSED_ON = {
  strategy: {
    check: v.picklist(['sticky', 'broadcast'], '"sticky" or "broadcast"'),
    fromText: asStrategy,
    default: 'sticky',
  },
  failoverAfterMs: { ...MILLISECONDS, default: 5_000 },
  redis: { check: checks.redis, fromText: asText, default: 'localhost:6379' },
  waitForReplicas: {
    check: checks.integer('a whole number of replicas, at least 0', 0),
    fromText: asWholeNumber('replicas'),
    default: 0,
  },
  keyPrefix: { check: checks.text('a prefix of Redis keys'), fromText: asText, default: 'prometheus_pushgateway' },
  flushIntervalMs: { ...MILLISECONDS, default: 250 },
  staleGroupAfterMs: { ...MILLISECONDS, otherwise: 'never' },
  seriesTtlMs: { ...MILLISECONDS, otherwise: 'never' },
  utf8Names: { ...FLAG, default: false },
} satisfies Partial<OptionsOf<PushgatewayOptions>>;

export const PUSHGATEWAY = {
  host: { check: checks.gatewayHosts, fromText: asTextOrList, default: `localhost:${PUSHGATEWAY_PORT}` },
  ...ENDPOINT,
  formerHosts: { check: v.array(FORMER_HOST, 'a list of addresses'), fromText: asList, default: [] },
  ...PASSED_ON,
  format: {
    check: v.picklist(['auto', 'protobuf', 'text'], '"auto", "protobuf" or "text"'),
    fromText: asFormat,
    default: 'auto',
  },
  gzip: { ...FLAG, default: true },
  expectContinue: { ...FLAG, default: true },
  groupingLabels: LABELS,
} satisfies OptionsOf<PushgatewayOptions>;

/** What stands beside `prometheus` and `pushgateway`. */
export const BESIDE_THEM = {
  metrics: { check: checks.metrics, default: [] },
  autoPush: { check: checks.autoPush, fromText: asAutoPush, default: { everyMs: 15_000 } },
  pushOnShutdown: { ...FLAG, otherwise: '`true`, unless `autoPush` is `false`' },
  deleteOnShutdown: { ...FLAG, default: false },
  shutdownTimeoutMs: { ...MILLISECONDS, default: 5_000 },
  selfMetrics: { ...FLAG, default: false },
  instrument: { check: objectOf(INSTRUMENT), default: {} },
  startTimes: { ...FLAG, default: true },
  exemplars: {
    check: v.picklist(['active-span'], '"active-span"'),
    fromText: asExemplars,
    otherwise: 'none but those that are given',
  },
  announceForMs: { ...MILLISECONDS, check: checks.millisecondsOrNone, default: 0 },
  maxSeriesPerMetric: { ...LIMIT, default: 10_000 },
  maxLabelValueLength: { ...LIMIT, default: 1_024 },
  maxMetrics: { ...LIMIT, default: 1_000 },
} satisfies OptionsOf<Omit<PrometheusPushgatewayModuleOptions, 'prometheus' | 'pushgateway'>>;

export const optionsSchema = objectOf({
  prometheus: { check: objectOf(PROMETHEUS), isRequired: true },
  pushgateway: { check: objectOf(PUSHGATEWAY) },
  ...BESIDE_THEM,
});

/** A variable, and the option it gives: that of `section`, or one beside `prometheus` and `pushgateway`. */
export interface Variable {
  /** Made of the option's name: `PUSHGATEWAY_FLUSH_INTERVAL_MS`. */
  readonly name: string;
  readonly section?: 'prometheus' | 'pushgateway';
  readonly option: string;
  readonly fromText: NonNullable<Option['fromText']>;
}

/** Every variable there is. */
export const VARIABLES: readonly Variable[] = [
  ...variablesOf('PROMETHEUS', PROMETHEUS, 'prometheus'),
  ...variablesOf('PUSHGATEWAY', PUSHGATEWAY, 'pushgateway'),
  ...variablesOf('PUSHGATEWAY', BESIDE_THEM),
];

function variablesOf(prefix: string, options: Options, section?: Variable['section']): Variable[] {
  return Object.entries(options).flatMap(([option, { fromText }]) => {
    if (fromText === undefined) return [];
    const name = `${prefix}_${option.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
    return [{ name, option, fromText, ...(section !== undefined && { section }) }];
  });
}
