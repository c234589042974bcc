import { inspect } from 'node:util';
import { ConfigurationError } from '../../../lib/errors/index.js';
import { UTF8_NAMES_NEED } from '../../../lib/model/index.js';
import { loadCronFor, resolveOptions } from '../../../lib/options/index.js';

beforeAll(() => loadCronFor({ autoPush: { cron: '* * * * *' } }));

/** The message below its first line: one fault a line. */
function faultsOf(options: unknown): string[] {
  try {
    resolveOptions(options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const [head, ...faults] = error.message.split('\n');
    expect(head).toBe('Invalid options of PrometheusPushgatewayModule:');
    return faults.map((fault) => fault.replace(/^ {2}- /, ''));
  }
  return [];
}

const jobs = ['shop'];
const minimal = { prometheus: { jobs } };
const prometheus = (more: object): unknown => ({ prometheus: { jobs, ...more } });
const pushgateway = (more: unknown): unknown => ({ ...minimal, pushgateway: more });
const redis = (value: unknown): unknown => pushgateway({ redis: value });
const autoPush = (value: unknown): unknown => ({ ...minimal, autoPush: value });
const counter = { name: 'orders_total', help: 'Orders', type: 'counter' };
const metric = (more: object): unknown => ({ ...minimal, metrics: [counter, { ...counter, ...more }] });

describe('resolveOptions', () => {
  it('needs nothing but a job', () => {
    const endpoint = { headers: {}, tls: {}, timeoutMs: 10_000 };
    expect(resolveOptions(minimal)).toEqual({
      prometheus: { ...endpoint, url: 'http://localhost:9090' },
      prometheusLabels: {},
      instance: 'localhost',
      jobs: ['shop'],
      gateways: [{ ...endpoint, url: 'http://localhost:9091', format: 'auto', gzip: true, expectContinue: true }],
      formerGateways: [],
      strategy: 'sticky',
      isBroadcast: false,
      failoverAfterMs: 5_000,
      utf8Names: false,
      waitForReplicas: 0,
      redis: 'localhost:6379',
      keyPrefix: 'prometheus_pushgateway',
      flushIntervalMs: 250,
      groupingLabels: {},
      metrics: [],
      autoPush: { everyMs: 15_000 },
      pushIntervalMs: 15_000,
      staleGroupAfterMs: undefined,
      seriesTtlMs: undefined,
      deleteOnShutdown: false,
      pushOnShutdown: true,
      shutdownTimeoutMs: 5_000,
      selfMetrics: false,
      instrument: {},
      startTimes: true,
      announceForMs: 0,
      maxSeriesPerMetric: 10_000,
      maxLabelValueLength: 1_024,
      maxMetrics: 1_000,
    });
  });

  it('takes every option', () => {
    const tls = {
      ca: 'CA',
      cert: Buffer.from('CERT'),
      key: 'KEY',
      passphrase: 'p',
      servername: 's',
      rejectUnauthorized: false,
    };
    const headers = { 'X-Scope-OrgID': 'tenant', 'X-Empty': '' };
    const options = {
      prometheus: {
        host: 'p:1',
        username: 'u',
        password: '',
        headers,
        tls,
        proxy: 'environment',
        timeoutMs: 1,
        instance: 'i',
        jobs: ['a', 'b c'],
        labels: { env: 'e' },
      },
      pushgateway: {
        host: ['https://g/base/', 'h:1'],
        proxy: 'http://u:p@proxy:3128',
        formerHosts: ['http://u:p@old:1', { host: 'older:2', bearerToken: 't', proxy: 'other:3128' }],
        strategy: 'broadcast',
        failoverAfterMs: 7,
        waitForReplicas: 2,
        bearerToken: 'token',
        headers,
        tls,
        timeoutMs: 2_147_483_647,
        redis: { host: 'r' },
        keyPrefix: 'k',
        flushIntervalMs: 1,
        staleGroupAfterMs: 60_000,
        seriesTtlMs: 70_000,
        format: 'protobuf',
        gzip: false,
        expectContinue: false,
        groupingLabels: { zone: '', constructor: 'x' },
      },
      metrics: [{ ...counter, jobs: ['b c'] }],
      autoPush: { cron: '*/5 * * * *' },
      pushOnShutdown: false,
      deleteOnShutdown: true,
      shutdownTimeoutMs: 9,
      selfMetrics: true,
      instrument: { http: true },
      startTimes: false,
      announceForMs: 15_000,
      maxSeriesPerMetric: 100,
      maxLabelValueLength: 50,
      maxMetrics: 20,
    };
    expect(resolveOptions(options)).toEqual({
      prometheus: { url: 'http://p:1', username: 'u', password: '', headers, tls, proxy: 'environment', timeoutMs: 1 },
      prometheusLabels: { env: 'e' },
      instance: 'i',
      jobs: ['a', 'b c'],
      gateways: ['https://g/base', 'http://h:1'].map((url) => ({
        url,
        bearerToken: 'token',
        headers,
        tls,
        proxy: 'http://u:p@proxy:3128',
        timeoutMs: 2_147_483_647,
        format: 'protobuf',
        gzip: false,
        expectContinue: false,
      })),
      formerGateways: [
        {
          url: 'http://old:1',
          username: 'u',
          password: 'p',
          headers: {},
          tls: {},
          proxy: 'http://u:p@proxy:3128',
          timeoutMs: 10_000,
        },
        {
          url: 'http://older:2',
          bearerToken: 't',
          headers: {},
          tls: {},
          proxy: 'other:3128',
          timeoutMs: 10_000,
        },
      ],
      strategy: 'broadcast',
      isBroadcast: true,
      failoverAfterMs: 7,
      utf8Names: false,
      waitForReplicas: 2,
      redis: { host: 'r' },
      keyPrefix: 'k',
      flushIntervalMs: 1,
      staleGroupAfterMs: 60_000,
      seriesTtlMs: 70_000,
      groupingLabels: { zone: '', constructor: 'x' },
      metrics: [{ ...counter, jobs: ['b c'] }],
      autoPush: { cron: '*/5 * * * *' },
      pushIntervalMs: 300_000,
      pushOnShutdown: false,
      deleteOnShutdown: true,
      shutdownTimeoutMs: 9,
      selfMetrics: true,
      instrument: { http: true },
      startTimes: false,
      announceForMs: 15_000,
      maxSeriesPerMetric: 100,
      maxLabelValueLength: 50,
      maxMetrics: 20,
    });
  });

  it('pushes a last time unless pushing is left to the application', () => {
    expect(resolveOptions({ ...minimal, autoPush: false }).pushOnShutdown).toBe(false);
    expect(resolveOptions({ ...minimal, autoPush: false, pushOnShutdown: true }).pushOnShutdown).toBe(true);
  });

  it.each<[unknown, number | undefined]>([
    [undefined, 15_000],
    [{ everyMs: 7 }, 7],
    [false, undefined],
    [{ cron: '*/10 * * * * *' }, 10_000],
    [{ cron: '0 0,10 * * * *' }, 50 * 60_000],
    // Eight ticks a day, and the night.
    [{ cron: '0 9-16 * * *' }, 17 * 3_600_000],
    [{ cron: '0 0 29 2 *' }, 1_461 * 86_400_000],
    [{ cron: '0 0 30 2 *' }, undefined],
  ])('says of autoPush %j how far apart pushes are: %p ms', (value, intervalMs) => {
    expect(resolveOptions(autoPush(value)).pushIntervalMs).toBe(intervalMs);
  });

  it('says whether each gateway has a copy: with one there is none, whatever the strategy is called', () => {
    const isBroadcast = (more: object): boolean => resolveOptions({ ...minimal, pushgateway: more }).isBroadcast;
    expect(isBroadcast({ strategy: 'broadcast', host: ['a:1', 'b:1'] })).toBe(true);
    expect(isBroadcast({ strategy: 'broadcast', host: 'a:1' })).toBe(false);
    expect(isBroadcast({ strategy: 'sticky', host: ['a:1', 'b:1'] })).toBe(false);
    expect(resolveOptions({ ...minimal, pushgateway: { strategy: 'broadcast' } }).strategy).toBe('broadcast');
  });

  it('takes undefined for an option that is not given', () => {
    const options = {
      prometheus: { jobs, host: undefined, instance: undefined, timeoutMs: undefined, tls: { ca: undefined } },
      pushgateway: { host: undefined, redis: undefined, gzip: undefined, groupingLabels: undefined },
      metrics: undefined,
      autoPush: undefined,
    };
    expect(resolveOptions(options)).toEqual({ ...resolveOptions(minimal), prometheus: expect.anything() });
    expect(resolveOptions({ ...minimal, pushgateway: undefined })).toEqual(resolveOptions(minimal));
  });

  it.each<[unknown, string]>([
    [[], 'pushgateway.host: expected at least one address, got an object, not shown'],
    [['a:1', 'a:1'], 'pushgateway.host: expected each gateway once, got an object, not shown'],
    [['a:1', 'ftp://b'], 'pushgateway.host.1: expected "host:port" or an http(s) URL without query, got "ftp://b"'],
    [7, 'pushgateway.host: expected "host:port" or an http(s) URL, or a list of them, got 7'],
  ])('refuses %p for the gateways', (host, fault) => {
    expect(faultsOf({ ...minimal, pushgateway: { host } })).toEqual([fault]);
  });

  it.each([false, { everyMs: 1 }, { cron: '* * * * *' }, { cron: '*/10 * * * * *' }, { cron: '@daily' }])(
    'takes %p for autoPush',
    (value) => {
      expect(resolveOptions(autoPush(value)).autoPush).toEqual(value);
    },
  );

  it.each<[unknown]>([
    ['memory'],
    ['redis'],
    ['redis:6380'],
    ['10.0.0.1:6379'],
    ['[::1]:6379'],
    ['redis://u:p%40@h:6379/3'],
    ['rediss://h'],
    [{}],
    [{ host: 'h', port: 1, lazyConnect: true, role: 'slave', maxmemory: 4 }],
    [{ nodes: [{ host: 'h', port: 1 }], options: { scaleReads: 'all' } }],
    [{ callBuffer: () => undefined, hosst: 'a client of ioredis has many properties' }],
  ])('takes %p for redis, as it is', (value) => {
    expect(resolveOptions(redis(value)).redis).toBe(value);
  });
});

const HOST = 'expected "host:port" or an http(s) URL without query';
const MILLISECONDS = 'expected a whole number of milliseconds, at least 1';
const AUTO_PUSH = 'autoPush: expected false, { everyMs: <milliseconds> } or { cron: "<cron expression>" }';
const REDIS =
  'pushgateway.redis: expected \'memory\', "host:port", a redis://, rediss:// or unix:// URL, options of ioredis, { nodes, options } or a client of ioredis';

/** One test a row, called by its fault. */
function refuses(what: string, rows: readonly (readonly [options: unknown, fault: string])[]): void {
  it.each(rows.map(([options, fault]) => [fault, options] as const))(`${what}: %s`, (fault, options) => {
    expect(faultsOf(options)).toEqual([fault]);
  });
}

describe('resolveOptions refuses', () => {
  refuses('what is no options object or names no jobs', [
    [undefined, 'options: expected an object, got nothing'],
    [null, 'options: expected an object, got null'],
    ['shop', 'options: expected an object, got "shop"'],
    [{}, 'prometheus: expected an object, got nothing'],
    [{ prometheus: null }, 'prometheus: expected an object, got null'],
    [{ prometheus: 'localhost' }, 'prometheus: expected an object, got "localhost"'],
    [{ prometheus: {} }, 'prometheus.jobs: expected an array of job names, at least one, got nothing'],
    [prometheus({ jobs: undefined }), 'prometheus.jobs: expected an array of job names, at least one, got nothing'],
    [prometheus({ jobs: [] }), 'prometheus.jobs: expected an array of job names, at least one, got []'],
    [prometheus({ jobs: 'shop' }), 'prometheus.jobs: expected an array of job names, at least one, got "shop"'],
    [prometheus({ jobs: ['a', 'b', 'a'] }), 'prometheus.jobs: expected each job once, got ["a","b","a"]'],
    [prometheus({ jobs: ['a', 5] }), 'prometheus.jobs.1: expected a job name, got 5'],
    [prometheus({ jobs: [''] }), 'prometheus.jobs.0: expected a job name, got ""'],
    [prometheus({ instance: '' }), 'prometheus.instance: expected a name of this server or application, got ""'],
    [prometheus({ instance: 7 }), 'prometheus.instance: expected a name of this server or application, got 7'],
    [{ ...minimal, pushgateway: null }, 'pushgateway: expected an object, got null'],
    [{ ...minimal, pushgateway: 'gw:9091' }, 'pushgateway: expected an object, got "gw:9091"'],
  ]);

  refuses('what is no address', [
    [prometheus({ host: 'ftp://x' }), `prometheus.host: ${HOST}, got "ftp://x"`],
    [prometheus({ host: 'http:/x' }), `prometheus.host: ${HOST}, got "http:/x"`],
    [prometheus({ host: 'h:70000' }), `prometheus.host: ${HOST}, got "h:70000"`],
    [prometheus({ host: 'a b' }), `prometheus.host: ${HOST}, got "a b"`],
    [prometheus({ host: '' }), `prometheus.host: ${HOST}, got ""`],
    [
      pushgateway({ host: 'http://vm:8428/api/v1/import/prometheus' }),
      'pushgateway.host: expected a Pushgateway; this path is one of VictoriaMetrics, which keeps every value as a sample of ' +
        'its own and removes nothing (let it scrape a Pushgateway), got "http://vm:8428/api/v1/import/prometheus"',
    ],
    [pushgateway({ host: 'http://gw/#top' }), `pushgateway.host: ${HOST}, got "http://gw/#top"`],
    [prometheus({ host: 9090 }), 'prometheus.host: expected "host:port" or an http(s) URL, got 9090'],
    [prometheus({ host: null }), 'prometheus.host: expected "host:port" or an http(s) URL, got null'],
  ]);

  refuses('the path that every push adds', [
    ...['gw:9091/metrics', 'http://gw/metrics/', 'https://gw/base/metrics', 'http://gw/metrics/job/shop'].map(
      (host) =>
        [
          pushgateway({ host }),
          `pushgateway.host: expected an address without "/metrics", which is added: leave it out, got "${host}"`,
        ] as const,
    ),
    [
      pushgateway({ host: ['a:1', 'b:1/metrics'] }),
      'pushgateway.host.1: expected an address without "/metrics", which is added: leave it out, got "b:1/metrics"',
    ],
  ]);

  it('takes paths that only look like it', () => {
    expect(faultsOf(pushgateway({ host: ['gw/metrics-gateway', 'gw/my/metricsx'] }))).toEqual([]);
  });

  it('every unknown option of every object, beside all other faults', () => {
    const options = {
      prometheus: { jobs, hots: 'x', instanse: 'y', tls: { cart: 'a', kee: 'b' }, password: 'p' },
      pushgateway: { redsi: 'x', gzpi: true, username: 'u', bearerToken: 't', redis: { hosst: 'a', database: 1 } },
      metrics: [
        { ...counter, labelNmaes: ['a'], labels: ['b'], name: 'a-b' },
        { ...counter, jobs: ['stock'] },
        { ...counter, help: 7 },
      ],
      selfMetric: true,
      maxMetric: 3,
    };
    expect(faultsOf(options)).toEqual([
      'pushgateway.redis: expected options of ioredis: it knows no "hosst"; did you mean "host"? And it knows no "database"; give "db", got an object, not shown',
      'metrics.2.help: expected a text that says what is measured, got 7',
      'prometheus.hots: unknown option; did you mean "host"?',
      'prometheus.instanse: unknown option; did you mean "instance"?',
      'prometheus.tls.cart: unknown option; did you mean "cert"?',
      'prometheus.tls.kee: unknown option; did you mean "key"?',
      'pushgateway.redsi: unknown option; did you mean "redis"?',
      'pushgateway.gzpi: unknown option; did you mean "gzip"?',
      'metrics.0.labelNmaes: unknown option; did you mean "labelNames"?',
      'metrics.0.labels: unknown option; give "labelNames"',
      'selfMetric: unknown option; did you mean "selfMetrics"?',
      'maxMetric: unknown option; did you mean "maxMetrics"?',
      'prometheus.username: expected a user name beside the password, got nothing',
      'pushgateway: expected either bearerToken or username and password, got both',
      expect.stringMatching(/^metrics\.0: Invalid metric name "a-b": expected letters/),
      'metrics.1.jobs: expected jobs of prometheus.jobs (shop), got "stock"',
    ]);
  });

  refuses('what it does not know', [
    [pushgateway({ redsi: 'x' }), 'pushgateway.redsi: unknown option; did you mean "redis"?'],
    [{ ...minimal, pushgatway: {} }, 'pushgatway: unknown option; did you mean "pushgateway"?'],
    [prometheus({ jobs: ['a\ud800'] }), 'prometheus.jobs.0: expected a text without lone surrogates, got "a\\ud800"'],
    [
      prometheus({ host: 'a\r\nb:9090' }),
      'prometheus.host: expected "host:port" or an http(s) URL without query, got "a\\r\\nb:9090"',
    ],
    [{ ...minimal, announceForMs: -1 }, 'announceForMs: expected a whole number of milliseconds, or 0, got -1'],
    [{ ...minimal, maxMetrics: 0 }, 'maxMetrics: expected a whole number, at least 1, got 0'],
    [{ ...minimal, maxSeriesPerMetric: 1.5 }, 'maxSeriesPerMetric: expected a whole number, at least 1, got 1.5'],
    [{ ...minimal, maxLabelValueLength: '9' }, 'maxLabelValueLength: expected a whole number, at least 1, got "9"'],
    [{ ...minimal, selfMetrics: 'yes' }, 'selfMetrics: expected true or false, got "yes"'],
    [
      { ...minimal, pushgateway: { strategy: 'stick' } },
      'pushgateway.strategy: expected "sticky" or "broadcast", got "stick"',
    ],
    [{ ...minimal, autopush: false }, 'autopush: unknown option; did you mean "autoPush"?'],
    [prometheus({ hosts: 'x' }), 'prometheus.hosts: unknown option; did you mean "host"?'],
    [prometheus({ user: 'x' }), 'prometheus.user: unknown option; did you mean "username"?'],
    [
      prometheus({ tls: { rejectUnauthorised: true } }),
      'prometheus.tls.rejectUnauthorised: unknown option; did you mean "rejectUnauthorized"?',
    ],
    [metric({ labelNmaes: ['type'] }), 'metrics.1.labelNmaes: unknown option; did you mean "labelNames"?'],
    [
      { ...minimal, sometimes: 'x' },
      'sometimes: unknown option; expected one of prometheus, pushgateway, metrics, autoPush, pushOnShutdown, deleteOnShutdown, shutdownTimeoutMs, selfMetrics, instrument, startTimes, exemplars, announceForMs, maxSeriesPerMetric, maxLabelValueLength, maxMetrics',
    ],
    [{ ...minimal, redis: 'x' }, 'redis: unknown option; did you mean "pushgateway.redis"?'],
    [{ ...minimal, job: 'x' }, 'job: unknown option; did you mean "prometheus.jobs"?'],
    [prometheus({ job: 'x' }), 'prometheus.job: unknown option; did you mean "jobs"?'],
    [metric({ job: 'shop' }), 'metrics.1.job: unknown option; give "jobs"'],
    [metric({ percentiles: [0.5] }), 'metrics.1.percentiles: unknown option; give "quantiles"'],
    [
      metric({ registers: [] }),
      'metrics.1.registers: unknown option; a metric belongs to jobs: give "jobs", or leave it out',
    ],
    [
      { ...minimal, metrics: { 0: counter } },
      'metrics: expected an array of metric definitions, got {"0":{"name":"orders_total","help":"Orders","type":"counter"}}',
    ],
    [
      pushgateway(['x']),
      'pushgateway.0: unknown option; expected one of host, username, password, passwordFile, bearerToken, bearerTokenFile, headers, tls, proxy, timeoutMs, formerHosts, strategy, failoverAfterMs, redis, waitForReplicas, keyPrefix, flushIntervalMs, staleGroupAfterMs, seriesTtlMs, utf8Names, format, gzip, expectContinue, groupingLabels',
    ],
    [
      { ...minimal, 'redis.host': 'x' },
      'redis.host: unknown option; expected one of prometheus, pushgateway, metrics, autoPush, pushOnShutdown, deleteOnShutdown, shutdownTimeoutMs, selfMetrics, instrument, startTimes, exemplars, announceForMs, maxSeriesPerMetric, maxLabelValueLength, maxMetrics',
    ],
    [
      { ...minimal, 'prometheus.host': 'x' },
      'prometheus.host: unknown option; expected one of prometheus, pushgateway, metrics, autoPush, pushOnShutdown, deleteOnShutdown, shutdownTimeoutMs, selfMetrics, instrument, startTimes, exemplars, announceForMs, maxSeriesPerMetric, maxLabelValueLength, maxMetrics',
    ],
  ]);

  refuses('what is no time to push at', [
    [autoPush(null), `${AUTO_PUSH}, got null`],
    [autoPush(true), `${AUTO_PUSH}, got true`],
    [autoPush('15s'), `${AUTO_PUSH}, got "15s"`],
    [autoPush(15_000), `${AUTO_PUSH}, got 15000`],
    [autoPush({}), `${AUTO_PUSH}, got {}`],
    [autoPush([]), `${AUTO_PUSH}, got []`],
    [autoPush({ evryMs: 5 }), `${AUTO_PUSH}, got {"evryMs":5}`],
    [autoPush({ everyMs: '5' }), `${AUTO_PUSH}, got {"everyMs":"5"}`],
    [autoPush({ everyMs: 5, cron: '* * * * *' }), `${AUTO_PUSH}, got {"everyMs":5,"cron":"* * * * *"}`],
    [autoPush({ cron: 5 }), `${AUTO_PUSH}, got {"cron":5}`],
    [autoPush({ everyMs: 0 }), `autoPush.everyMs: ${MILLISECONDS}, got 0`],
    [autoPush({ everyMs: 1.5 }), `autoPush.everyMs: ${MILLISECONDS}, got 1.5`],
    [autoPush({ everyMs: -1 }), `autoPush.everyMs: ${MILLISECONDS}, got -1`],
    [autoPush({ cron: 'bad' }), 'autoPush.cron: expected a cron expression of 5 or 6 fields, got "bad"'],
    [autoPush({ cron: '* * *' }), 'autoPush.cron: expected a cron expression of 5 or 6 fields, got "* * *"'],
    [autoPush({ cron: '61 * * * *' }), 'autoPush.cron: expected a cron expression of 5 or 6 fields, got "61 * * * *"'],
    [autoPush({ cron: '' }), 'autoPush.cron: expected a cron expression of 5 or 6 fields, got ""'],
  ]);

  refuses('a setting of the wrong kind', [
    [prometheus({ timeoutMs: '5' }), `prometheus.timeoutMs: ${MILLISECONDS}, got "5"`],
    [prometheus({ timeoutMs: 0 }), `prometheus.timeoutMs: ${MILLISECONDS}, got 0`],
    [prometheus({ timeoutMs: null }), `prometheus.timeoutMs: ${MILLISECONDS}, got null`],
    [prometheus({ timeoutMs: Number.NaN }), `prometheus.timeoutMs: ${MILLISECONDS}, got NaN`],
    [prometheus({ timeoutMs: Infinity }), `prometheus.timeoutMs: ${MILLISECONDS}, got Infinity`],
    [prometheus({ timeoutMs: 5n }), `prometheus.timeoutMs: ${MILLISECONDS}, got 5n`],
    [
      pushgateway({ waitForReplicas: -1 }),
      'pushgateway.waitForReplicas: expected a whole number of replicas, at least 0, got -1',
    ],
    [
      pushgateway({ redis: 'memory', waitForReplicas: 1 }),
      'pushgateway.waitForReplicas: expected 0 with values in memory, which has no replicas, got 1',
    ],
    ...[
      'unix:///run/gateway.sock',
      'http+unix://%2Frun%2Fgateway.sock',
      'http://unix:/run/gateway.sock',
      '/run/gateway.sock',
    ].map((host): [unknown, string] => [
      pushgateway({ host }),
      'pushgateway.host: expected "host:port" or an http(s) URL; neither a Pushgateway nor Prometheus listens on a Unix socket: name ' +
        `a port of what stands before it, got "${host}"`,
    ]),
    [
      pushgateway({ proxy: 'socks5://proxy:1080' }),
      'pushgateway.proxy: expected the http(s) URL of a proxy, without a path, or "environment", got "socks5://proxy:1080"',
    ],
    [
      prometheus({ proxy: 'http://u:s3same@proxy:3128/path' }),
      'prometheus.proxy: expected the http(s) URL of a proxy, without a path, or "environment", got a string, not shown',
    ],
    [
      prometheus({ proxy: { host: 'proxy', auth: { password: 's3same' } } }),
      'prometheus.proxy: expected the http(s) URL of a proxy, or "environment", got an object, not shown',
    ],
    [prometheus({ httpProxy: 'proxy:3128' }), 'prometheus.httpProxy: unknown option; did you mean "proxy"?'],
    [pushgateway({ formerHosts: 'old:9091' }), 'pushgateway.formerHosts: expected a list of addresses, got "old:9091"'],
    [
      pushgateway({ formerHosts: [{ host: 'old:9091', password: 's3same' }] }),
      'pushgateway.formerHosts.0.username: expected a user name beside the password, got nothing',
    ],
    [
      pushgateway({ formerHosts: [{ hots: 'old:9091', password: 's3same' }] }),
      'pushgateway.formerHosts.0: expected "host:port", an http(s) URL, or an object with host and credentials, got an object, not shown',
    ],
    [pushgateway({ flushIntervalMs: 0 }), `pushgateway.flushIntervalMs: ${MILLISECONDS}, got 0`],
    [pushgateway({ format: 'proto' }), 'pushgateway.format: expected "auto", "protobuf" or "text", got "proto"'],
    [pushgateway({ gzip: 'yes' }), 'pushgateway.gzip: expected true or false, got "yes"'],
    [pushgateway({ expectContinue: 1 }), 'pushgateway.expectContinue: expected true or false, got 1'],
    [pushgateway({ keyPrefix: '' }), 'pushgateway.keyPrefix: expected a prefix of Redis keys, got ""'],
    [prometheus({ tls: true }), 'prometheus.tls: expected an object of TLS options, got true'],
    [
      prometheus({ tls: { rejectUnauthorized: 'no' } }),
      'prometheus.tls.rejectUnauthorized: expected true or false, got "no"',
    ],
  ]);

  refuses('headers and grouping labels that cannot be sent', [
    [
      prometheus({ headers: { 'X-A': 'a\r\nX-B: b' } }),
      'prometheus.headers.X-A: expected a header value without line breaks, got a string, not shown',
    ],
    [prometheus({ headers: { 'X-A': 5 } }), 'prometheus.headers.X-A: expected a string, got a number, not shown'],
    [
      prometheus({ headers: { 'X A': 'a' } }),
      'prometheus.headers.X A: expected a header name, got a string, not shown',
    ],
    [
      prometheus({ headers: 'X-A: a' }),
      'prometheus.headers: expected an object of header names and values, got a string, not shown',
    ],
    [
      pushgateway({ groupingLabels: { job: 'x' } }),
      'pushgateway.groupingLabels.job: expected any name but job, which is prometheus.jobs, got "job"',
    ],
    [
      pushgateway({ groupingLabels: { instance: 'x' } }),
      'pushgateway.groupingLabels.instance: expected any name but instance, which is prometheus.instance, got "instance"',
    ],
    [
      pushgateway({ groupingLabels: { 'a-b': 'x' } }),
      `pushgateway.groupingLabels.a-b: expected a label name, got "a-b"; ${UTF8_NAMES_NEED}`,
    ],
    [
      pushgateway({ groupingLabels: { __a: 'x' }, utf8Names: true }),
      'pushgateway.groupingLabels.__a: expected a label name, got "__a"',
    ],
    [
      pushgateway({ groupingLabels: { 'a-b': 'x', U__a: 'x' }, utf8Names: true }),
      'pushgateway.groupingLabels.U__a: expected a label name that does not begin with "U__", got "U__a"',
    ],
    [pushgateway({ groupingLabels: { __a: 'x' } }), 'pushgateway.groupingLabels.__a: expected a label name, got "__a"'],
    [pushgateway({ groupingLabels: { zone: 5 } }), 'pushgateway.groupingLabels.zone: expected a string, got 5'],
    [
      pushgateway({ groupingLabels: 'zone=a' }),
      'pushgateway.groupingLabels: expected an object of label names and values, got "zone=a"',
    ],
  ]);

  refuses('credentials that do not go together', [
    [prometheus({ password: 'x' }), 'prometheus.username: expected a user name beside the password, got nothing'],
    [pushgateway({ password: 'x' }), 'pushgateway.username: expected a user name beside the password, got nothing'],
    [prometheus({ username: '' }), 'prometheus.username: expected a user name, got ""'],
    [
      prometheus({ username: 'u', bearerToken: 'x' }),
      'prometheus: expected either bearerToken or username and password, got both',
    ],
    [
      pushgateway({ password: 'u', bearerToken: 'x' }),
      'pushgateway: expected either bearerToken or username and password, got both',
    ],
    [
      prometheus({ username: 'u', bearerTokenFile: 'x' }),
      'prometheus: expected either bearerToken or username and password, got both',
    ],
    [
      pushgateway({ bearerToken: 'x', bearerTokenFile: 'x' }),
      'pushgateway: expected either bearerToken or bearerTokenFile, got both',
    ],
    [
      pushgateway({ username: 'u', password: 'x', passwordFile: 'x' }),
      'pushgateway: expected either password or passwordFile, got both',
    ],
    [pushgateway({ passwordFile: 'x' }), 'pushgateway.username: expected a user name beside the password, got nothing'],
    [
      prometheus({ bearerTokenFile: '' }),
      'prometheus.bearerTokenFile: expected a path of a file, got a string, not shown',
    ],
    [
      prometheus({ host: 'http://u:p@h', bearerToken: 'x' }),
      'prometheus: expected either bearerToken or username and password, got both',
    ],
    [
      prometheus({ bearerToken: 'a b' }),
      'prometheus.bearerToken: expected a token without spaces, got a string, not shown',
    ],
    [prometheus({ bearerToken: '' }), 'prometheus.bearerToken: expected a token, got a string, not shown'],
  ]);

  refuses('credentials in a URL that are not percent-encoded', [
    [
      prometheus({ host: 'http://u:12/34@h' }),
      'prometheus.host: expected user name and password percent-encoded (encodeURIComponent), got a string, not shown',
    ],
    [
      pushgateway({ host: 'http://u:p%zz@h' }),
      'pushgateway.host: expected user name and password percent-encoded (encodeURIComponent), got a string, not shown',
    ],
    [
      redis('redis://:100%@h'),
      'pushgateway.redis: expected a URL with user name and password percent-encoded (encodeURIComponent), got a string, not shown',
    ],
    [prometheus({ url: 'h' }), 'prometheus.url: unknown option; did you mean "host"?'],
    [pushgateway({ url: 'h' }), 'pushgateway.url: unknown option; did you mean "host"?'],
  ]);

  refuses('what is no Redis', [
    [redis('http://h:6379'), `${REDIS}, got a string, not shown`],
    [redis('redis://h:6379/shop'), `${REDIS}, got a string, not shown`],
    [redis(''), `${REDIS}, got a string, not shown`],
    [redis(6379), `${REDIS}, got a number, not shown`],
    [redis(null), `${REDIS}, got null`],
    [redis([]), `${REDIS}, got an object, not shown`],
    [
      redis({ nodes: [] }),
      'pushgateway.redis: expected nodes to be an array of cluster nodes, at least one, got an object, not shown',
    ],
    [
      redis({ nodes: 'h:1' }),
      'pushgateway.redis: expected nodes to be an array of cluster nodes, at least one, got an object, not shown',
    ],
    [
      redis({ hosts: 'h' }),
      'pushgateway.redis: expected options of ioredis: it knows no "hosts"; give "host" and "port", got an object, not shown',
    ],
    [
      redis({ hots: 'h' }),
      'pushgateway.redis: expected options of ioredis: it knows no "hots"; did you mean "host"?, got an object, not shown',
    ],
    [
      redis({ passwrod: 'h' }),
      'pushgateway.redis: expected options of ioredis: it knows no "passwrod"; did you mean "password"?, got an object, not shown',
    ],
  ]);

  const metricFaults: [unknown, string[]][] = [
    [{ ...minimal, metrics: {} }, ['metrics: expected an array of metric definitions, got {}']],
    [{ ...minimal, metrics: [5] }, ['metrics.0: expected a metric definition, got 5']],
    [
      { ...minimal, metrics: [{}] },
      [
        'metrics.0.name: expected a metric name, got nothing',
        'metrics.0.help: expected a text that says what is measured, got nothing',
        'metrics.0.type: expected "counter", "gauge", "histogram" or "summary", got nothing',
      ],
    ],
    [
      metric({ type: 'countr' }),
      ['metrics.1.type: expected "counter", "gauge", "histogram" or "summary", got "countr"'],
    ],
    [
      metric({ name: 'a-b' }),
      [
        `metrics.1: Invalid metric name "a-b": expected letters, digits, "_" and ":", not starting with a digit; ${UTF8_NAMES_NEED}`,
      ],
    ],
    [
      metric({ help: '' }),
      ['metrics.1: Invalid help of metric "orders_total": expected a text that says what is measured, got ""'],
    ],
    [metric({ labelNames: 'type' }), ['metrics.1.labelNames: expected an array of label names, got "type"']],
    [
      metric({ labelNames: ['job'] }),
      ['metrics.1: Invalid labelNames of metric "orders_total": expected any name but job, instance, got "job"'],
    ],
    [metric({ jobs: ['stock'] }), ['metrics.1.jobs: expected jobs of prometheus.jobs (shop), got "stock"']],
    [metric({ jobs: [] }), ['metrics.1.jobs: expected an array of job names, at least one, got []']],
    [metric({ jobs: 'shop' }), ['metrics.1.jobs: expected an array of job names, got "shop"']],
    [
      metric({ type: 'histogram', buckets: [2, 1] }),
      [
        'metrics.1: Invalid buckets of metric "orders_total": expected finite numbers in ascending order (+Inf is added), got [2,1]',
      ],
    ],
    [metric({ type: 'histogram', buckets: [1, Number.NaN] }), ['metrics.1.buckets.1: expected a number, got NaN']],
    [
      metric({ type: 'summary', maxAgeSeconds: '60' }),
      ['metrics.1.maxAgeSeconds: expected a number of seconds, got "60"'],
    ],
  ];

  it.each(metricFaults.map(([options, faults]) => [faults.join(', '), options, faults] as const))(
    'a metric that cannot be defined: %s',
    (_, options, faults) => {
      expect(faultsOf(options)).toEqual(faults);
    },
  );

  it('many faults at once, and lists them all', () => {
    const options = {
      prometheus: { jobs: [], host: 'ftp://x', timeoutMs: '5' },
      pushgateway: { gzip: 'yes', redsi: 'x' },
      metrics: [{ ...counter, type: 'x' }],
      autoPush: { everyMs: 0 },
    };
    expect(faultsOf(options)).toEqual([
      `prometheus.host: ${HOST}, got "ftp://x"`,
      `prometheus.timeoutMs: ${MILLISECONDS}, got "5"`,
      'prometheus.jobs: expected an array of job names, at least one, got []',
      'pushgateway.gzip: expected true or false, got "yes"',
      'metrics.0.type: expected "counter", "gauge", "histogram" or "summary", got "x"',
      `autoPush.everyMs: ${MILLISECONDS}, got 0`,
      'pushgateway.redsi: unknown option; did you mean "redis"?',
    ]);
  });

  it('faults that only show in company, all of them', () => {
    const options = {
      prometheus: { jobs, password: 'x' },
      pushgateway: { username: 'u', bearerToken: 'x' },
      metrics: [
        { ...counter, jobs: ['stock'] },
        { ...counter, name: '' },
      ],
    };
    expect(faultsOf(options)).toEqual([
      'prometheus.username: expected a user name beside the password, got nothing',
      'pushgateway: expected either bearerToken or username and password, got both',
      'metrics.0.jobs: expected jobs of prometheus.jobs (shop), got "stock"',
      'metrics.1: Invalid metric name "": expected letters, digits, "_" and ":", not starting with a digit',
    ]);
  });

  it('with a typed error that has a stable code', () => {
    let refusal: unknown;
    try {
      resolveOptions({});
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'ERR_CONFIGURATION', name: 'ConfigurationError' });
  });
});

describe('a refusal keeps secrets to itself', () => {
  const SECRET = 's3cr3t';

  it.each<[string, unknown]>([
    ['a password of the wrong kind', prometheus({ username: 'u', password: { text: SECRET } })],
    ['a password without user name', prometheus({ password: SECRET })],
    ['a token with a space', pushgateway({ bearerToken: `${SECRET} ` })],
    ['a host with credentials and another scheme', prometheus({ host: `ftp://u:${SECRET}@h` })],
    ['a host with credentials and a query', prometheus({ host: `http://u:${SECRET}@h?x=1` })],
    ['a host with credentials that are not encoded', prometheus({ host: `http://u:${SECRET}%@h` })],
    ['a host with a token in its query', pushgateway({ host: `http://h?token=${SECRET}` })],
    ['a host given as an object', prometheus({ host: { host: 'h', password: SECRET } })],
    ['an address in the place of options', { ...minimal, pushgateway: `http://u:${SECRET}@h` }],
    ['a Redis URL of another scheme', redis(`redsi://:${SECRET}@h`)],
    ['a Redis URL with a name for a database', redis(`redis://:${SECRET}@h/${SECRET}`)],
    ['misspelled options of ioredis', redis({ hosst: 'h', password: SECRET })],
    ['cluster options without nodes', redis({ nodes: [], options: { redisOptions: { password: SECRET } } })],
    ['a Redis outside pushgateway', { ...minimal, redis: { password: SECRET } }],
    ['a header with a line break', prometheus({ headers: { Authorization: `Bearer ${SECRET}\r\n` } })],
    ['headers in one text', prometheus({ headers: `Authorization: ${SECRET}` })],
    ['a key in the place of TLS options', prometheus({ tls: SECRET })],
    ['a key of the wrong kind', prometheus({ tls: { key: [SECRET] } })],
    ['a passphrase of the wrong kind', prometheus({ tls: { passphrase: [SECRET] } })],
  ])('%s', (_, options) => {
    let refusal: unknown;
    try {
      resolveOptions(options);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ConfigurationError);
    expect(inspect(refusal)).not.toContain(SECRET);
  });
});
