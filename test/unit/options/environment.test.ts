import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../../../lib/errors/index.js';
import { optionsFromEnvironment, VARIABLE_NAMES } from '../../../lib/options/environment.js';
import { nearMisses } from '../../../lib/options/environment-names.js';
import { prometheusPushgatewayConfig } from '../../../lib/config/index.js';
import { loadCronFor, resolveOptions } from '../../../lib/options/index.js';

beforeAll(() => loadCronFor({ autoPush: { cron: '* * * * *' } }));

const PROMETHEUS_JOBS = 'shop';
const read = (environment: Record<string, string | undefined>) =>
  optionsFromEnvironment({ PROMETHEUS_JOBS, ...environment });

function faultsOf(environment: Record<string, string | undefined>): string[] {
  try {
    optionsFromEnvironment(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const [head, ...faults] = error.message.split('\n');
    expect(head).toBe('Invalid environment:');
    return faults;
  }
  return [];
}

describe('optionsFromEnvironment', () => {
  it('needs nothing but jobs', () => {
    expect(read({})).toEqual({ prometheus: { jobs: ['shop'] }, pushgateway: {} });
    expect(resolveOptions(read({}))).toEqual(resolveOptions({ prometheus: { jobs: ['shop'] } }));
  });

  it('reads every variable', () => {
    const options = read({
      PROMETHEUS_HOST: 'prometheus:9090',
      PROMETHEUS_USERNAME: 'u',
      PROMETHEUS_PASSWORD: 'p',
      PROMETHEUS_PROXY: 'environment',
      PROMETHEUS_INSTANCE: 'i',
      PROMETHEUS_JOBS: ' shop , stock take,x ',
      PROMETHEUS_TIMEOUT_MS: '1000',
      PUSHGATEWAY_HOST: 'https://gateway/base',
      PUSHGATEWAY_BEARER_TOKEN: 't',
      PUSHGATEWAY_PROXY: 'http://u:p@proxy:3128',
      PUSHGATEWAY_REDIS: 'redis://h:6379',
      PUSHGATEWAY_KEY_PREFIX: 'k',
      PUSHGATEWAY_FORMER_HOSTS: 'http://u:p@old:1, older:2',
      PUSHGATEWAY_STRATEGY: 'broadcast',
      PUSHGATEWAY_FAILOVER_AFTER_MS: '3000',
      PUSHGATEWAY_WAIT_FOR_REPLICAS: '1',
      PUSHGATEWAY_TIMEOUT_MS: '2000',
      PUSHGATEWAY_FLUSH_INTERVAL_MS: '50',
      PUSHGATEWAY_GZIP: 'false',
      PUSHGATEWAY_EXPECT_CONTINUE: 'off',
      PUSHGATEWAY_GROUPING_LABELS: 'zone=a, rack = 1=2 ,empty=',
      PUSHGATEWAY_AUTO_PUSH: '*/5 * * * *',
      PUSHGATEWAY_PUSH_ON_SHUTDOWN: 'false',
      PUSHGATEWAY_SHUTDOWN_TIMEOUT_MS: '4000',
      PUSHGATEWAY_DELETE_ON_SHUTDOWN: 'true',
      PUSHGATEWAY_STALE_GROUP_AFTER_MS: '60000',
      PUSHGATEWAY_SERIES_TTL_MS: '70000',
      PUSHGATEWAY_FORMAT: 'text',
      PUSHGATEWAY_SELF_METRICS: 'on',
      PUSHGATEWAY_START_TIMES: 'false',
      PUSHGATEWAY_ANNOUNCE_FOR_MS: '15000',
      PUSHGATEWAY_MAX_SERIES_PER_METRIC: '100',
      PUSHGATEWAY_MAX_LABEL_VALUE_LENGTH: '50',
      PUSHGATEWAY_MAX_METRICS: '20',
    });
    expect(options).toEqual({
      prometheus: {
        host: 'prometheus:9090',
        username: 'u',
        password: 'p',
        proxy: 'environment',
        instance: 'i',
        jobs: ['shop', 'stock take', 'x'],
        timeoutMs: 1000,
      },
      pushgateway: {
        host: 'https://gateway/base',
        bearerToken: 't',
        proxy: 'http://u:p@proxy:3128',
        redis: 'redis://h:6379',
        keyPrefix: 'k',
        formerHosts: ['http://u:p@old:1', 'older:2'],
        strategy: 'broadcast',
        failoverAfterMs: 3000,
        timeoutMs: 2000,
        flushIntervalMs: 50,
        waitForReplicas: 1,
        staleGroupAfterMs: 60000,
        seriesTtlMs: 70000,
        format: 'text',
        gzip: false,
        expectContinue: false,
        groupingLabels: { zone: 'a', rack: '1=2', empty: '' },
      },
      autoPush: { cron: '*/5 * * * *' },
      pushOnShutdown: false,
      deleteOnShutdown: true,
      shutdownTimeoutMs: 4000,
      selfMetrics: true,
      startTimes: false,
      announceForMs: 15_000,
      maxSeriesPerMetric: 100,
      maxLabelValueLength: 50,
      maxMetrics: 20,
    });
    expect(() => resolveOptions(options)).not.toThrow();
    expect(read({ PROMETHEUS_BEARER_TOKEN: 't', PUSHGATEWAY_USERNAME: 'u', PUSHGATEWAY_PASSWORD: 'p' })).toEqual({
      prometheus: { jobs: ['shop'], bearerToken: 't' },
      pushgateway: { username: 'u', password: 'p' },
    });
  });

  it('refuses an unknown strategy', () => {
    expect(faultsOf({ PROMETHEUS_JOBS, PUSHGATEWAY_STRATEGY: 'Sticky' })).toEqual([
      '  - PUSHGATEWAY_STRATEGY: expected sticky or broadcast, got "Sticky"',
    ]);
  });

  it('refuses an unknown format', () => {
    expect(faultsOf({ PROMETHEUS_JOBS, PUSHGATEWAY_FORMAT: 'Text' })).toEqual([
      '  - PUSHGATEWAY_FORMAT: expected auto, protobuf or text, got "Text"',
    ]);
  });

  it('takes an empty or blank variable for one that is not set', () => {
    const names = [
      ...['HOST', 'USERNAME', 'PASSWORD', 'BEARER_TOKEN', 'INSTANCE', 'TIMEOUT_MS'].map((name) => `PROMETHEUS_${name}`),
      ...['HOST', 'USERNAME', 'PASSWORD', 'BEARER_TOKEN', 'REDIS', 'KEY_PREFIX', 'TIMEOUT_MS', 'FLUSH_INTERVAL_MS'].map(
        (name) => `PUSHGATEWAY_${name}`,
      ),
      ...['GZIP', 'EXPECT_CONTINUE', 'GROUPING_LABELS', 'AUTO_PUSH', 'STRATEGY', 'SELF_METRICS'].map(
        (name) => `PUSHGATEWAY_${name}`,
      ),
    ];
    expect(read(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(read({}));
    expect(read(Object.fromEntries(names.map((name) => [name, ' \t'])))).toEqual(read({}));
    expect(read(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual(read({}));
  });

  it.each(['true', 'TRUE', '1', 'yes', 'on'])('takes %p for true', (text) => {
    expect(read({ PUSHGATEWAY_GZIP: text }).pushgateway).toEqual({ gzip: true });
  });

  it.each(['false', 'False', '0', 'no', 'off'])('takes %p for false', (text) => {
    expect(read({ PUSHGATEWAY_GZIP: text }).pushgateway).toEqual({ gzip: false });
  });

  it.each<[string, unknown]>([
    ['off', false],
    ['false', false],
    ['never', false],
    ['no', false],
    ['15000', { everyMs: 15_000 }],
    ['*/15 * * * * *', { cron: '*/15 * * * * *' }],
  ])('takes PUSHGATEWAY_AUTO_PUSH=%s for %p', (text, autoPush) => {
    expect(read({ PUSHGATEWAY_AUTO_PUSH: text }).autoPush).toEqual(autoPush);
  });

  it('leaves alone what Kubernetes sets for services of these names, and what belongs to others', () => {
    const options = read({
      PUSHGATEWAY_PORT: 'tcp://10.0.0.1:9091',
      PUSHGATEWAY_PORT_9091_TCP: 'tcp://10.0.0.1:9091',
      PUSHGATEWAY_PORT_9091_TCP_ADDR: '10.0.0.1',
      PUSHGATEWAY_SERVICE_HOST: '10.0.0.1',
      PUSHGATEWAY_SERVICE_PORT_HTTP: '9091',
      PROMETHEUS_PORT: 'tcp://10.0.0.2:9090',
      PROMETHEUS_SERVICE_HOST: '10.0.0.2',
      PROMETHEUS_SERVICE_PORT: '9090',
      PROMETHEUS_JOBS_SERVICE_HOST: '10.0.0.3',
      PROMETHEUS_MULTIPROC_DIR: '/tmp',
      PATH: '/bin',
    });
    expect(options).toEqual(read({}));
  });

  it.each<[Record<string, string>, string]>([
    [{ PROMETHEUS_TIMEOUT_MS: '5s' }, 'PROMETHEUS_TIMEOUT_MS: expected a whole number of milliseconds, got "5s"'],
    [{ PUSHGATEWAY_TIMEOUT_MS: '-5' }, 'PUSHGATEWAY_TIMEOUT_MS: expected a whole number of milliseconds, got "-5"'],
    [
      { PUSHGATEWAY_FLUSH_INTERVAL_MS: '1e3' },
      'PUSHGATEWAY_FLUSH_INTERVAL_MS: expected a whole number of milliseconds, got "1e3"',
    ],
    [{ PUSHGATEWAY_GZIP: 'maybe' }, 'PUSHGATEWAY_GZIP: expected true or false, got "maybe"'],
    [
      { PUSHGATEWAY_GROUPING_LABELS: 'zone' },
      'PUSHGATEWAY_GROUPING_LABELS: expected name=value pairs separated by commas, got "zone"',
    ],
    [
      { PUSHGATEWAY_GROUPING_LABELS: '=a' },
      'PUSHGATEWAY_GROUPING_LABELS: expected name=value pairs separated by commas, got "=a"',
    ],
    [{ PROMETHEUS_HOTS: 'x' }, 'PROMETHEUS_HOTS: unknown variable; did you mean PROMETHEUS_HOST?'],
    [{ PUSHGATEWAY_REDDIS: 'x' }, 'PUSHGATEWAY_REDDIS: unknown variable; did you mean PUSHGATEWAY_REDIS?'],
    [{ PUSHGATEWAY_AUTOPUSH: 'off' }, 'PUSHGATEWAY_AUTOPUSH: unknown variable; did you mean PUSHGATEWAY_AUTO_PUSH?'],
  ])('refuses %p', (environment, fault) => {
    expect(faultsOf({ PROMETHEUS_JOBS, ...environment })).toEqual([`  - ${fault}`]);
  });

  it.each([undefined, '', '  '])('refuses to go without jobs: %p', (jobs) => {
    expect(faultsOf({ PROMETHEUS_JOBS: jobs })).toEqual([
      '  - PROMETHEUS_JOBS: expected job names separated by commas, got nothing',
    ]);
  });

  it('lists all faults, a job variable that was misspelled among them', () => {
    expect(faultsOf({ PROMETHEUS_JOB: 'shop', PUSHGATEWAY_GZIP: 'x' })).toEqual([
      '  - PROMETHEUS_JOB: unknown variable; did you mean PROMETHEUS_JOBS?',
      '  - PUSHGATEWAY_GZIP: expected true or false, got "x"',
      '  - PROMETHEUS_JOBS: expected job names separated by commas, got nothing',
    ]);
  });

  it('repeats no secret', () => {
    expect(faultsOf({ PUSHGATEWAY_PASWORD: 's3cr3t', PROMETHEUS_BEARER_TOKN: 's3cr3t' }).join()).not.toContain(
      's3cr3t',
    );
  });
});

describe('names of other tools', () => {
  it.each([
    [{ PUSHGATEWAY_URL: 'http://a:1' }, 'http://a:1'],
    [{ PROMETHEUS_PUSHGATEWAY_URL: 'http://b:1,http://c:1' }, ['http://b:1', 'http://c:1']],
    [{ PROMETHEUS_PUSHGATEWAY_URL: 'http://b:1', PUSHGATEWAY_URL: 'http://a:1' }, 'http://a:1'],
    [{ PUSHGATEWAY_URL: 'http://a:1', PUSHGATEWAY_HOST: 'ours:9091' }, 'ours:9091'],
    [{ PUSHGATEWAY_URL: 'http://a:1', PUSHGATEWAY_HOST: ' ' }, 'http://a:1'],
  ])('are understood for the gateway: %p', (environment, host) => {
    expect(read(environment).pushgateway).toEqual({ host });
  });

  it('are understood for the job, where none is given, and never for the instance', () => {
    const otel = { OTEL_SERVICE_NAME: 'shop, eu', OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-7' };
    expect(optionsFromEnvironment(otel).prometheus).toEqual({ jobs: ['shop, eu'] });
    expect(optionsFromEnvironment({ ...otel, PROMETHEUS_JOBS: 'mine' }).prometheus).toEqual({ jobs: ['mine'] });
  });
});

describe('nearMisses', () => {
  const told = (environment: Record<string, string>) => nearMisses(environment, VARIABLE_NAMES);

  it.each([
    ['PROMETHEUS_PUSHGATEWAY_JOBS', 'PROMETHEUS_JOBS'],
    ['PROMETHEUS_PUSHGATEWAY_JOB', 'PROMETHEUS_JOBS'],
    ['PUSHGATEWAY_JOBS', 'PROMETHEUS_JOBS'],
    ['PUSHGATEWAY_JOB_NAME', 'PROMETHEUS_JOBS'],
    ['PROMETHEUS_PUSHGATEWAY_HOST', 'PUSHGATEWAY_HOST'],
    ['PROM_HOST', 'PROMETHEUS_HOST'],
    ['PUSH_GATEWAY_URL', 'PUSHGATEWAY_HOST'],
    ['METRICS_REDIS_URL', 'PUSHGATEWAY_REDIS'],
    ['PROMETHEUS_GROUPING_LABELS', 'PUSHGATEWAY_GROUPING_LABELS'],
  ])('names for %s the right one: %s', (name, right) => {
    expect(told({ [name]: 'x' })).toEqual([`The environment variable ${name} is not read: it is called ${right}`]);
    expect(told({ [name]: 'x', [right]: 'y' })).toEqual([]);
    expect(told({ [name]: ' ' })).toEqual([]);
  });

  it.each(['PROMETHEUS_MULTIPROC_DIR', 'PROM_SERVICE_HOST', 'METRICS_PORT', 'REDIS_URL', 'PROMETHEUS_HOTS', 'PROM'])(
    "leaves %s alone: it is another program's, or refused",
    (name) => {
      expect(told({ [name]: 'x' })).toEqual([]);
    },
  );
});

describe('prometheusPushgatewayConfig', () => {
  const before = process.env['PROMETHEUS_JOBS'];

  afterEach(() => {
    if (before === undefined) delete process.env['PROMETHEUS_JOBS'];
    else process.env['PROMETHEUS_JOBS'] = before;
  });

  it('warns once of a variable that is near ours, naming the right one', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    process.env['PROMETHEUS_JOBS'] = 'shop';
    process.env['PROMETHEUS_PUSHGATEWAY_REDIS'] = 'redis:6379';
    for (let times = 0; times < 2; times += 1) prometheusPushgatewayConfig();
    delete process.env['PROMETHEUS_PUSHGATEWAY_REDIS'];
    expect(warn.mock.calls).toEqual([
      ['The environment variable PROMETHEUS_PUSHGATEWAY_REDIS is not read: it is called PUSHGATEWAY_REDIS'],
    ]);
    warn.mockRestore();
  });

  it('reads the environment of the process when it is called', () => {
    process.env['PROMETHEUS_JOBS'] = 'from environment';
    expect(prometheusPushgatewayConfig()).toMatchObject({ prometheus: { jobs: ['from environment'] } });
    expect(prometheusPushgatewayConfig.KEY).toBe('CONFIGURATION(prometheusPushgateway)');
  });
});

describe('names of others', () => {
  const jobs = { PROMETHEUS_JOBS: 'shop' };
  it.each([
    ['PUSHGATEWAY_REDIS_URL', 'PUSHGATEWAY_REDIS'],
    ['PUSHGATEWAY_REDIS_HOST', 'PUSHGATEWAY_REDIS'],
    ['PUSHGATEWAY_ADDR', 'PUSHGATEWAY_HOST'],
    ['PROMETHEUS_URL', 'PROMETHEUS_HOST'],
  ])('%s is refused where %s is not set', (name, meant) => {
    expect(() => optionsFromEnvironment({ ...jobs, [name]: 'prod:1' })).toThrow(
      `${name}: unknown variable; did you mean ${meant}?`,
    );
    expect(() => optionsFromEnvironment({ ...jobs, [name]: 'prod:1', [meant]: 'prod:1' })).not.toThrow();
  });
});
