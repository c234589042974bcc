import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { PushgatewayOptions } from '../../../lib/options/index.js';
import { type Config, configOf, filesOf, metric, type ScrapeConfig } from './support.js';

const DOCKER = resolve(__dirname, '../../../docker/prometheus');
const GATEWAYS = ['gateway-1:9091', 'gateway-2:9091', 'gateway-3:9091'];
const REPLICAS = ['prometheus-1:9090', 'prometheus-2:9090', 'prometheus-3:9090'];

function jobOf(config: Config, name: string): ScrapeConfig {
  const job = config.scrape_configs.find(({ job_name }) => job_name === name);
  if (!job) throw new Error(`no job ${name}`);
  return job;
}

const gatewayJob = (pushgateway: PushgatewayOptions): ScrapeConfig => jobOf(configOf({ pushgateway }), 'pushgateway');

describe('the job that scrapes the gateways', () => {
  it('is that of docker/, as are the replicas, but for the jobs that are federated', () => {
    const files = filesOf({ pushgateway: { host: GATEWAYS } }, { replicas: REPLICAS, scrapeIntervalSeconds: 5 });
    expect(Object.keys(files)).toEqual(['prometheus-1.yml', 'prometheus-2.yml', 'prometheus-3.yml']);
    for (const [name, text] of Object.entries(files)) {
      const ours = parse(text) as Config;
      const theirs = parse(readFileSync(join(DOCKER, name), 'utf8')) as Config;
      expect(ours.global).toMatchObject({
        scrape_interval: theirs.global.scrape_interval,
        scrape_timeout: theirs.global.scrape_timeout,
        external_labels: theirs.global.external_labels,
      });
      expect(jobOf(ours, 'pushgateway')).toEqual(jobOf(theirs, 'pushgateway'));
      const params = { 'match[]': ['{job="shop",prometheus_replica=""}'] };
      expect(jobOf(ours, 'federation')).toEqual({ ...jobOf(theirs, 'federation'), params });
    }
  });

  it.each<[string, PushgatewayOptions, Partial<ScrapeConfig>]>([
    ['the default', {}, { static_configs: [{ targets: ['localhost:9091'] }] }],
    [
      'scheme and base path that all share',
      { host: ['https://a/base', 'https://b:8443/base/'] },
      { scheme: 'https', metrics_path: '/base/metrics', static_configs: [{ targets: ['a:443', 'b:8443'] }] },
    ],
    [
      'scheme and base path of each',
      { host: ['a', 'https://b/base'] },
      {
        static_configs: [
          { targets: ['a:9091'], labels: { __scheme__: 'http', __metrics_path__: '/metrics' } },
          { targets: ['b:443'], labels: { __scheme__: 'https', __metrics_path__: '/base/metrics' } },
        ],
      },
    ],
    [
      'one address for two',
      { host: ['http://proxy/one', 'http://proxy/two'] },
      {
        static_configs: [
          {
            targets: ['proxy:80'],
            labels: { instance: 'proxy:80/one', __scheme__: 'http', __metrics_path__: '/one/metrics' },
          },
          {
            targets: ['proxy:80'],
            labels: { instance: 'proxy:80/two', __scheme__: 'http', __metrics_path__: '/two/metrics' },
          },
        ],
      },
    ],
    ['IPv6', { host: '[::1]:9091' }, { static_configs: [{ targets: ['[::1]:9091'] }] }],
  ])('knows %s', (_, pushgateway, expected) => {
    expect(gatewayJob(pushgateway)).toEqual({ job_name: 'pushgateway', honor_labels: true, ...expected });
  });

  it('names files for secrets, which stand nowhere', () => {
    const tls = { ca: 'CA-PEM', cert: 'CERT-PEM', key: 'KEY-PEM', passphrase: 'PASS', servername: 'gateway' };
    const password = { username: "o'neil", password: 'PASSWORD', headers: { 'x-key': 'HEADER' }, tls };
    const host = 'https://gateway';
    expect(gatewayJob({ ...password, host })).toMatchObject({
      basic_auth: { username: "o'neil", password_file: 'pushgateway-password' },
      tls_config: {
        ca_file: 'pushgateway-ca.pem',
        cert_file: 'pushgateway-cert.pem',
        key_file: 'pushgateway-key.pem',
        server_name: 'gateway',
      },
    });
    expect(gatewayJob({ bearerToken: 'TOKEN', host, tls: { rejectUnauthorized: false } })).toMatchObject({
      authorization: { credentials_file: 'pushgateway-token' },
      tls_config: { insecure_skip_verify: true },
    });
    const text = filesOf({ pushgateway: { ...password, host } })['prometheus.yml'];
    expect(text).not.toMatch(/PASS|PEM|HEADER/);
    expect(text).toContain('the configured headers (x-key)');
    expect(filesOf({ pushgateway: { bearerToken: 'TOKEN' } })['prometheus.yml']).not.toContain('TOKEN');
  });

  it('cannot have several credentials, and says so without them', () => {
    const host = ['http://a:SECRET@one', 'http://b:SECRET@two'];
    expect(() => filesOf({ pushgateway: { host } })).toThrow(
      /^Invalid credentials in the addresses of pushgateway: expected the same for all, (?!.*SECRET)/,
    );
  });
});

describe('without replicas', () => {
  it('there is no federation, and a comment that says how to get it', () => {
    const config = configOf({});
    expect(config.scrape_configs.map(({ job_name }) => job_name)).toEqual(['pushgateway']);
    expect(config.global.external_labels).toBeUndefined();
    expect(config.rule_files).toBeUndefined();
    expect(filesOf({})['prometheus.yml']).toContain('# rules --prometheus prometheus-1:9090 --prometheus');
  });
});

describe('with replicas', () => {
  it('each reads the others as the application reads Prometheus', () => {
    const files = filesOf(
      { prometheus: { jobs: ['shop', 'a.b'], username: 'reader', password: 'SECRET' } },
      { replicas: ['one:9090', 'https://two/base'] },
    );
    const federation = jobOf(parse(files['prometheus-1.yml'] as string) as Config, 'federation');
    expect(federation).toMatchObject({
      scheme: 'https',
      metrics_path: '/base/federate',
      basic_auth: { username: 'reader', password_file: 'prometheus-password' },
      static_configs: [{ targets: ['two:443'] }],
      params: { 'match[]': [String.raw`{job=~"shop|a\\.b",prometheus_replica=""}`] },
    });
    expect(JSON.stringify(files)).not.toContain('SECRET');
  });

  it('names them by host, or by address where hosts are the same', () => {
    const names = (replicas: string[]): unknown[] =>
      Object.values(filesOf({}, { replicas })).map((text) => (parse(text) as Config).global.external_labels);
    expect(names(['one', 'two:9090'])).toEqual([{ prometheus_replica: 'one' }, { prometheus_replica: 'two' }]);
    expect(names(['localhost:1', 'localhost:2'])).toEqual([
      { prometheus_replica: 'localhost:1' },
      { prometheus_replica: 'localhost:2' },
    ]);
  });

  it.each([
    [['one'], 'Invalid replicas: expected at least two different addresses of Prometheus'],
    [['one', 'one:9090'], 'Invalid replicas: expected at least two different addresses of Prometheus'],
    [['one', 'ftp://user:SECRET@two'], 'Invalid address of a Prometheus: expected "host:port" or an http(s) URL'],
  ])('refuses %j', (replicas, message) => {
    expect(() => filesOf({}, { replicas })).toThrow(message);
  });
});

describe('broadcast', () => {
  it('labels and renames the copies of each gateway, and federates none of them', () => {
    const host = GATEWAYS.slice(0, 2);
    const files = filesOf({ pushgateway: { host } }, { strategy: 'broadcast', replicas: REPLICAS.slice(0, 2) });
    expect(Object.keys(files)).toEqual(['prometheus-1.yml', 'prometheus-2.yml', 'rules.yml']);
    const config = parse(files['prometheus-1.yml'] as string) as Config;
    expect(config.rule_files).toEqual(['rules.yml']);
    expect(jobOf(config, 'pushgateway')).toMatchObject({
      static_configs: [
        { targets: ['gateway-1:9091'], labels: { gateway: 'gateway-1:9091' } },
        { targets: ['gateway-2:9091'], labels: { gateway: 'gateway-2:9091' } },
      ],
      metric_relabel_configs: [
        { source_labels: ['__name__'], target_label: '__name__', replacement: 'gateway:$1' },
        { regex: 'pushgateway;gateway:(.*)', target_label: '__name__', replacement: '$1' },
      ],
    });
    expect(jobOf(config, 'federation').params).toEqual({
      'match[]': ['{__name__!~"gateway:.+",job="shop",prometheus_replica=""}'],
    });
  });

  it('with one address is as if there were no strategy: it may be a balancer', () => {
    const broadcast = filesOf(
      {},
      { strategy: 'broadcast', known: [{ job: 'shop', definitions: [metric('gauge', 'g')] }] },
    );
    expect(broadcast).toEqual(filesOf({}));
  });
});

it('says how Prometheus stores start times, where gateways are told them', () => {
  const flag = '--enable-feature=created-timestamp-zero-ingestion';
  const textOf = (format: PushgatewayOptions['format']) =>
    filesOf({ pushgateway: { ...(format && { format }) } })['prometheus.yml'];
  expect(textOf(undefined)).toContain(flag);
  expect(textOf('text')).not.toContain(flag);
});

describe('the job that scrapes the application', () => {
  it.each([
    [['shop'], { static_configs: [{ targets: ['shop:3000'] }] }],
    [['shop-1:8080', 'http://shop-2/metrics'], { static_configs: [{ targets: ['shop-1:8080', 'shop-2:80'] }] }],
    [
      ['https://me:secret@shop/api/metrics'],
      {
        scheme: 'https',
        metrics_path: '/api/metrics',
        basic_auth: { username: 'me', password_file: 'application-password' },
        static_configs: [{ targets: ['shop:443'] }],
      },
    ],
  ])('keeps its labels, and takes the place of the gateways: %j', (scraped, expected) => {
    const files = filesOf({ pushgateway: { host: GATEWAYS } }, { strategy: 'broadcast', scraped });
    expect(Object.keys(files)).toEqual(['prometheus.yml']);
    const { scrape_configs } = parse(files['prometheus.yml'] ?? '') as Config;
    expect(scrape_configs).toEqual([{ job_name: 'application', honor_labels: true, ...expected }]);
    expect(files['prometheus.yml']).not.toContain('secret');
  });

  it('refuses what is no address', () => {
    expect(() => filesOf({}, { scraped: ['http://'] })).toThrow('Invalid address of a scraped application');
  });
});
