import * as v from 'valibot';
import { isLabelName } from '../model/index.js';
import { describeCronFault } from './cron.js';
import { resolveEndpoint } from './endpoint.js';
import { FROM_ENVIRONMENT, parseProxy } from './proxy-address.js';
import { hasPlainCredentials } from './redis/redis-address.js';
import { redisFault } from './redis/redis-fault.js';

// What the options may be. Each message says what was expected.

/** A lone surrogate has no place in UTF-8, nor in the path and the keys that are made of these texts. */
const wellFormed = v.check((value: string) => value.isWellFormed(), 'a text without lone surrogates');
export const text = (expected: string) => v.pipe(v.string(expected), v.nonEmpty(expected), wellFormed);
export const flag = v.boolean('true or false');
export const integer = (expected: string, least = 1) =>
  v.pipe(v.number(expected), v.integer(expected), v.minValue(least, expected), v.maxValue(2 ** 31 - 1, expected));
export const limit = integer('a whole number, at least 1');
export const milliseconds = integer('a whole number of milliseconds, at least 1');
export const millisecondsOrNone = integer('a whole number of milliseconds, or 0', 0);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// eslint-disable-next-line no-control-regex -- these are the characters that a header value may not hold
const HEADER_VALUE = /^[^\u0000-\u0008\u000a-\u001f\u007f]*$/;
const headerName = v.pipe(v.string(), v.regex(HEADER_NAME, 'a header name'));
const headerValue = v.pipe(v.string('a string'), v.regex(HEADER_VALUE, 'a header value without line breaks'));
const headersObject = v.record(headerName, headerValue, 'an object of header names and values');
export const headers = v.lazy((input) => (typeof input === 'function' ? v.function() : headersObject));

const SOCKET = /^(https?\+unix:|https?:\/\/unix:|unix:|\/)/;
export const host = v.pipe(
  v.string('"host:port" or an http(s) URL'),
  v.check(
    (value) => !SOCKET.test(value),
    '"host:port" or an http(s) URL; neither a Pushgateway nor Prometheus listens on a Unix socket: name a port of what stands before it',
  ),
  v.check((value) => !hasPlainCredentials(value), 'user name and password percent-encoded (encodeURIComponent)'),
  v.check(isAddress, '"host:port" or an http(s) URL without query'),
);

export const proxy = v.pipe(
  v.string('the http(s) URL of a proxy, or "environment"'),
  v.check((value) => !hasPlainCredentials(value), 'user name and password percent-encoded (encodeURIComponent)'),
  v.check(isProxy, 'the http(s) URL of a proxy, without a path, or "environment"'),
);

/** The path of the API, to which each push adds its group. */
const ENDS_WITH_METRICS = /\/metrics(\/job\/.*)?\/?$/;
const IS_VICTORIA_METRICS = /\/api\/v1\/import\/prometheus\/?$/;
export const gatewayHost = v.pipe(
  host,
  v.check((value) => !ENDS_WITH_METRICS.test(value), 'an address without "/metrics", which is added: leave it out'),
  v.check(
    (value) => !IS_VICTORIA_METRICS.test(value),
    'a Pushgateway; this path is one of VictoriaMetrics, which keeps every value as a sample of its own and removes nothing ' +
      '(let it scrape a Pushgateway)',
  ),
);

const pem = v.union([v.string(), v.instance(Buffer)], 'a PEM text or Buffer');
export const tls = v.strictObject(
  {
    ca: v.optional(pem),
    cert: v.optional(pem),
    key: v.optional(pem),
    passphrase: v.optional(v.string('a string')),
    servername: v.optional(v.string('a string')),
    rejectUnauthorized: v.optional(flag),
  },
  'an object of TLS options',
);

const labelName = v.pipe(
  v.string(),
  v.check((name) => isLabelName(name, true), 'a label name'),
  v.notValue('job', 'any name but job, which is prometheus.jobs'),
  v.notValue('instance', 'any name but instance, which is prometheus.instance'),
);

const jobName = text('a job name');

export const labels = v.record(
  labelName,
  v.pipe(v.string('a string'), wellFormed),
  'an object of label names and values',
);

export const jobs = v.pipe(
  v.array(jobName, 'an array of job names, at least one'),
  v.minLength(1, 'an array of job names, at least one'),
  v.check((names) => new Set(names).size === names.length, 'each job once'),
);

export const gatewayHosts = v.union(
  [
    gatewayHost,
    v.pipe(
      v.array(gatewayHost, '"host:port" or an http(s) URL, or a list of them'),
      v.minLength(1, 'at least one address'),
      v.check((hosts) => new Set(hosts).size === hosts.length, 'each gateway once'),
    ),
  ],
  '"host:port" or an http(s) URL, or a list of them',
);

export const redis = v.pipe(
  v.unknown(),
  v.rawCheck(({ dataset, addIssue }) => {
    const fault = redisFault(dataset.value);
    if (fault !== undefined) addIssue({ message: fault });
  }),
);

const metric = v.strictObject(
  {
    name: v.string('a metric name'),
    help: v.string('a text that says what is measured'),
    type: v.picklist(['counter', 'gauge', 'histogram', 'summary'], '"counter", "gauge", "histogram" or "summary"'),
    namespace: v.optional(v.string('a string')),
    labelNames: v.optional(v.array(v.string('a label name'), 'an array of label names')),
    jobs: v.optional(
      v.pipe(v.array(jobName, 'an array of job names'), v.minLength(1, 'an array of job names, at least one')),
    ),
    buckets: v.optional(v.array(v.number('a number'), 'an array of numbers')),
    native: v.optional(
      v.strictObject(
        {
          growthFactor: v.optional(v.number('a number greater than 1')),
          maxBuckets: v.optional(v.number('a whole number')),
          zeroThreshold: v.optional(v.number('a number, at least 0')),
        },
        'an object of growthFactor, maxBuckets, zeroThreshold, or {}',
      ),
    ),
    quantiles: v.optional(v.array(v.number('a number'), 'an array of numbers')),
    maxAgeSeconds: v.optional(v.number('a number of seconds')),
    unit: v.optional(v.string('a unit')),
    prefetch: v.optional(flag),
    prefetchGroupLabel: v.optional(v.string('a label name')),
    aggregation: v.optional(v.picklist(['last', 'sum', 'min', 'max', 'avg'], '"last", "sum", "min", "max" or "avg"')),
    collect: v.optional(v.function('a function')),
    inject: v.optional(v.array(v.unknown(), 'an array of injection tokens')),
    collectBy: v.optional(v.picklist(['one', 'each'], '"one" or "each"')),
    collectTimeoutMs: v.optional(v.number('a number of milliseconds')),
  },
  'a metric definition',
);

export const metrics = v.array(metric, ({ input }) => {
  // As the Symfony bundle has them.
  const byNamespace = typeof input === 'object' && input !== null && Object.values(input).some(Array.isArray);
  return `an array of metric definitions${byNamespace ? ', each with the key as its "namespace"' : ''}`;
});

const AUTO_PUSH = 'false, { everyMs: <milliseconds> } or { cron: "<cron expression>" }';
export const autoPush = v.union(
  [
    v.literal(false),
    v.strictObject({ everyMs: milliseconds }),
    v.strictObject({
      cron: v.pipe(
        v.string(),
        v.check((cron) => describeCronFault(cron) === undefined, 'a cron expression of 5 or 6 fields'),
      ),
    }),
  ],
  AUTO_PUSH,
);

function isAddress(value: string): boolean {
  try {
    return value !== '' && resolveEndpoint(value, {}, 80).url !== '';
  } catch {
    return false;
  }
}

function isProxy(value: string): boolean {
  try {
    return value === FROM_ENVIRONMENT || parseProxy(value).url !== '';
  } catch {
    return false;
  }
}
