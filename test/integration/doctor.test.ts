import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import type { Finding } from '../../lib/doctor/index.js';
import { type NodeRun, runNode } from '../support/run-node.js';
import {
  freePort,
  type RunningServer,
  startHaproxy,
  startPrometheus,
  startPushgateway,
  startRedis,
} from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { startApp } from './app.js';

jest.setTimeout(90_000);

const REDIS_PASSWORD = 'r3dis-s3cret';
const PASSWORD = 's3same';
/** bcrypt of `s3same`, made with `htpasswd -nbBC 5`. */
const USERS = 'basic_auth_users: { user: $2y$05$V4xbLnk.6xSaKVdaH4gxoOfJtQnip2hCn2jRGZq3bsezYzPdktXE6 }\n';
const LOGIN = { username: 'user', password: PASSWORD };
const AUTHORIZATION = Buffer.from(`user:${PASSWORD}`).toString('base64');
const SECRETS = [REDIS_PASSWORD, PASSWORD, AUTHORIZATION, 'wr0ng'];

interface Change {
  prometheus?: Partial<PrometheusPushgatewayModuleOptions['prometheus']>;
  pushgateway?: Partial<PrometheusPushgatewayModuleOptions['pushgateway']>;
}

let redis: RunningServer;
let forgetfulRedis: RunningServer;
let gateways: [RunningServer, RunningServer];
let persistentGateway: RunningServer;
let prefixedGateway: RunningServer;
let prometheus: Record<'healthy' | 'blind' | 'renaming' | 'labelling' | 'federating', RunningServer>;
let balancers: Record<'silent' | 'naming', RunningServer>;
let nobody: string;
let options: PrometheusPushgatewayModuleOptions;

const servers: RunningServer[] = [];
async function started<T extends RunningServer>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  servers.push(server);
  return server;
}

beforeAll(async () => {
  nobody = `127.0.0.1:${await freePort()}`;
  [redis, forgetfulRedis, persistentGateway, prefixedGateway, ...gateways] = await Promise.all([
    started(startRedis({ password: REDIS_PASSWORD, args: ['--appendonly', 'yes'] })),
    started(startRedis({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] })),
    started(startPushgateway({ webConfig: USERS, args: [`--persistence.file=${join(tmpdir(), 'never-written')}`] })),
    started(startPushgateway({ webConfig: USERS, args: ['--web.route-prefix=/pushes'] })),
    started(startPushgateway({ webConfig: USERS })),
    started(startPushgateway({ webConfig: USERS })),
  ]);
  const scraping = (
    targets: readonly RunningServer[],
    { job = 'honor_labels: true', labels = false, further = '' } = {},
  ) =>
    started(
      startPrometheus({
        webConfig: USERS,
        config: `
global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: pushgateway
    ${job}
    basic_auth: { username: user, password: ${PASSWORD} }
    static_configs:
${targets.map(({ address }, at) => `      - { targets: ['${address}']${labels ? `, labels: { zone: '${at}' }` : ''} }`).join('\n')}
${further}`,
      }),
    );
  const federation = (from: RunningServer) => `
  - job_name: federate
    honor_labels: true
    metrics_path: /federate
    basic_auth: { username: user, password: ${PASSWORD} }
    params: { 'match[]': ['{job!="",job!="pushgateway"}'] }
    static_configs: [{ targets: ['${from.address}'] }]
`;
  const healthy = await scraping(gateways);
  const [blind, renaming, labelling, federating, silent, naming] = await Promise.all([
    scraping([gateways[0]]),
    scraping(gateways, { job: 'honor_labels: false' }),
    scraping(gateways, { labels: true }),
    scraping(gateways, { further: federation(healthy) }),
    started(startHaproxy({ config: ({ address }) => haproxyConfig(address, 'balance roundrobin') })),
    started(startHaproxy({ config: ({ address }) => haproxyConfig(address, NAMING) })),
  ]);
  prometheus = { healthy, blind, renaming, labelling, federating };
  balancers = { silent, naming };
  options = {
    prometheus: { ...LOGIN, host: healthy.address, instance: 'one', jobs: ['shop'] },
    pushgateway: {
      ...LOGIN,
      host: gateways.map(({ address }) => address),
      redis: `redis://:${REDIS_PASSWORD}@${redis.address}`,
      timeoutMs: 3_000,
    },
    metrics: [{ name: 'orders_total', help: 'Orders', type: 'counter' }],
  };
  const app = await startApp({ ...options, autoPush: false });
  await waitFor(async () => (await app.metrics.push()).outcome === 'pushed', { message: 'the push' });
  await app.close();
  await Promise.all([
    seen(healthy, 'count({job="shop",__name__="orders_total"} and on () (count(up == 1) == 2))'),
    seen(blind, '{job="shop",__name__="orders_total"} or up == 1'),
    seen(renaming, '{exported_job="shop",__name__="orders_total"}'),
    seen(labelling, 'count(up{zone=~".+"} == 1) == 2'),
    seen(federating, 'orders_total and on () (count(up == 1) == 3)'),
  ]);
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

const NAMING = `balance uri
  hash-type consistent
  http-response set-header x-pushgateway %s
  use-server %[req.hdr(x-pushgateway)] if { req.hdr(x-pushgateway) -m found }
  force-persist if { req.hdr(x-pushgateway) -m found }`;

function haproxyConfig(address: string, balancing: string): string {
  return `
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
listen gateways
  bind ${address}
  ${balancing}
${gateways.map((gateway, at) => `  server gateway-${at + 1} ${gateway.address}`).join('\n')}
`;
}

async function seen(server: RunningServer, query: string): Promise<void> {
  await waitFor(
    async () => {
      const response = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`, {
        headers: { authorization: `Basic ${AUTHORIZATION}` },
      });
      return ((await response.json()) as { data: { result: unknown[] } }).data.result.length > 0;
    },
    { message: query },
  );
}

/** Runs the command as an application of its own would; nothing it prints may hold a secret. */
async function doctor(args: string[], { prometheus: query, pushgateway }: Change = {}): Promise<NodeRun> {
  const changed = {
    ...options,
    prometheus: { ...options.prometheus, ...query },
    pushgateway: { ...options.pushgateway, ...pushgateway },
  };
  const run = await runNode('test/support/processes/command.js', ['doctor', ...args], {
    OPTIONS: JSON.stringify(changed),
  }).done;
  for (const secret of SECRETS) expect(run.stdout + run.stderr).not.toContain(secret);
  expect(run.stderr).toBe('');
  return run;
}

/** The exit code, and what did not pass; of hints, which depend on the versions of the servers, nothing. */
async function faults(change: Change, args: string[] = []): Promise<{ code: number | null; found: Finding[] }> {
  const { code, stdout } = await doctor(['--json', ...args], change);
  const findings = JSON.parse(stdout) as Finding[];
  const found = findings.filter(({ severity }) => !['ok', 'hint'].includes(severity));
  for (const each of found) expect(each).toMatchObject({ why: expect.any(String), fix: expect.any(String) });
  return { code, found };
}

const hosts = (...used: RunningServer[]): string[] => used.map(({ address }) => address);

describe('doctor', () => {
  it('finds nothing wrong with what is well, in words and as JSON', async () => {
    const { code, stdout } = await doctor([]);
    expect(stdout.match(/^(error|warning).*/gm)).toBeNull();
    expect(stdout).toMatch(/^ok {7}redis:\S+ +answers, (Redis|Valkey) \d+\.\d+/m);
    expect(stdout).toMatch(/^ok {7}job shop, instance one +was pushed \d+(\.\d+)? s ago, is on http:/m);
    // No Prometheus here is told to store start times, and the one of Debian 12 cannot.
    expect(stdout.match(/^hint .*/gm)).toEqual([
      expect.stringMatching(
        /^hint {5}http:\S+ +version \S+ (cannot|does not) store when series began\. increase\(\) does not count .*\. Fix: (Install 2\.50 or later, and s|S)tart it with --enable-feature=created-timestamp-zero-ingestion, or set announceForMs$/,
      ),
    ]);
    expect(stdout).toMatch(/^ok {7}http:\S+ +shows when 1 of 1 series began$/m);
    expect(stdout).toMatch(/\n\n0 errors, 0 warnings, 1 hint, \d\d checks passed\n$/);
    expect(code).toBe(0);

    const json = await doctor(['--json']);
    expect(json.code).toBe(0);
    const checks = (JSON.parse(json.stdout) as Finding[]).map(({ check }) => check);
    expect([...new Set(checks)].sort()).toEqual([
      'clocks',
      'gateway.consistency',
      'gateway.persistence',
      'gateway.reachable',
      'gateway.start-times',
      'gateway.version',
      'groups.pushed',
      'prometheus.honor-labels',
      'prometheus.interval',
      'prometheus.query',
      'prometheus.start-times',
      'prometheus.target-labels',
      'prometheus.targets',
      'redis.eviction',
      'redis.persistence',
      'redis.reachable',
      'redis.scripts',
      'redis.writable',
    ]);
  });

  it('says that Redis is down, and goes on', async () => {
    const { code, stdout } = await doctor([], { pushgateway: { redis: `redis://:${REDIS_PASSWORD}@${nobody}` } });
    expect(code).toBe(1);
    expect(stdout.match(/^(error|warning).*/gm)).toEqual([
      expect.stringMatching(
        /^error {4}redis:\S+ +unreachable: connect ECONNREFUSED .*\. Fix: Start it, or correct pushgateway\.redis$/,
      ),
    ]);
    expect(stdout).toContain(`scrapes all 2 gateways`);
    expect(stdout).toMatch(/\n1 error, 0 warnings, (1 hint, )?\d\d checks passed\n$/);
  });

  it('says that Redis throws counters away, and forgets them', async () => {
    const { code, found } = await faults({ pushgateway: { redis: forgetfulRedis.address, flushIntervalMs: 60_000 } });
    expect(code).toBe(1);
    expect(found).toMatchObject([
      { check: 'redis.persistence', severity: 'warning', why: 'A restart of Redis begins all counters at 0' },
      { check: 'redis.eviction', severity: 'error', finding: 'maxmemory-policy is allkeys-lru' },
    ]);
    // The application defines a counter that exists at 0: the command stores it neither meanwhile nor at its end.
    const client = new Redis({ port: forgetfulRedis.port });
    const keys = await client.keys('*');
    const livesForMs = await Promise.all(keys.map((key) => client.pttl(key)));
    client.disconnect();
    expect(keys.filter((key) => !key.includes(':{trial-'))).toEqual([]);
    expect(Math.min(...livesForMs, Infinity)).toBeGreaterThan(0);
  });

  it('says that values are of one process alone', async () => {
    const { code, found } = await faults({ pushgateway: { redis: 'memory' } });
    expect(found).toMatchObject([{ check: 'redis.shared', severity: 'warning', subject: 'memory' }]);
    expect(code).toBe(0);
  });

  it('says that a gateway is down', async () => {
    const { code, found } = await faults({ pushgateway: { host: [...hosts(...gateways), nobody] } });
    expect(code).toBe(1);
    expect(found).toMatchObject([
      {
        check: 'gateway.reachable',
        severity: 'error',
        subject: `http://${nobody}`,
        finding: `unreachable: connect ECONNREFUSED ${nobody}`,
        fix: 'Start it, or correct pushgateway.host',
      },
      { check: 'prometheus.targets', severity: 'warning' },
    ]);
  });

  it('does not hang with what is frozen', async () => {
    const frozen = [persistentGateway, prometheus.blind];
    for (const server of frozen) server.kill('SIGSTOP');
    try {
      const { code, found } = await faults({
        prometheus: { host: prometheus.blind.address, timeoutMs: 2_000 },
        pushgateway: { host: persistentGateway.address, timeoutMs: 2_000 },
      });
      expect(code).toBe(1);
      expect(found).toMatchObject([
        { check: 'gateway.reachable', severity: 'error', finding: 'did not answer within 2000 ms' },
        { check: 'prometheus.query', severity: 'error', finding: 'did not answer within 2000 ms' },
      ]);
    } finally {
      for (const server of frozen) server.kill('SIGCONT');
    }
  });

  it('names the route prefix, and the password', async () => {
    const prefix = await faults({ pushgateway: { host: prefixedGateway.address } });
    expect(prefix.code).toBe(1);
    expect(prefix.found[0]).toMatchObject({
      check: 'gateway.reachable',
      severity: 'error',
      finding: 'has no Pushgateway at this path (answered 404: 404 page not found)',
      fix: expect.stringContaining('If it runs with --web.route-prefix, put that path into pushgateway.host'),
    });

    const password = await faults({ pushgateway: { password: 'wr0ng' } });
    expect(password.code).toBe(1);
    expect(password.found.filter(({ check }) => check === 'gateway.reachable')).toMatchObject(
      gateways.map(({ url }) => ({
        severity: 'error',
        subject: url,
        finding: 'refuses the credentials (answered 401: Unauthorized)',
        fix: 'Set pushgateway.username and password, or pushgateway.bearerToken, to what it expects',
      })),
    );
  });

  it('warns of a gateway that comes back with old values', async () => {
    const { found } = await faults({ pushgateway: { host: [gateways[0].address, persistentGateway.address] } });
    expect(found.find(({ check }) => check === 'gateway.persistence')).toMatchObject({
      severity: 'warning',
      subject: persistentGateway.url,
      fix: expect.stringContaining('--persistence.file='),
    });
  });

  it.each<[keyof typeof prometheus, number, object]>([
    [
      'blind',
      1,
      { check: 'prometheus.targets', severity: 'error', finding: expect.stringMatching(/^does not scrape http/) },
    ],
    [
      'renaming',
      1,
      { check: 'prometheus.honor-labels', severity: 'error', fix: expect.stringContaining('honor_labels: true') },
    ],
    [
      'labelling',
      1,
      {
        check: 'prometheus.target-labels',
        severity: 'error',
        finding: "the targets' label zone differs from gateway to gateway",
      },
    ],
    [
      'federating',
      0,
      {
        check: 'prometheus.federation',
        severity: 'warning',
        finding:
          'federates these jobs under their own names (federate: orders_total, push_failure_time_seconds, push_time_seconds)',
      },
    ],
  ])('looks into Prometheus: %s', async (which, exitCode, finding) => {
    const { code, found } = await faults({ prometheus: { host: prometheus[which].address } });
    expect(found).toMatchObject([finding]);
    expect(found[0]?.subject).toBe(prometheus[which].url);
    expect(code).toBe(exitCode);
  });

  it('looks into further replicas, whatever the first is like', async () => {
    const replica = prometheus.renaming;
    const { code, found } = await faults({ prometheus: { host: nobody } }, ['--prometheus', replica.address]);
    expect(code).toBe(1);
    expect(found).toMatchObject([
      { check: 'prometheus.query', subject: `http://${nobody}`, finding: expect.stringContaining('ECONNREFUSED') },
      { check: 'prometheus.honor-labels', subject: replica.url },
    ]);
    const wrong = await runNode('test/support/processes/command.js', ['doctor', '--prometheus', 'a:b'], {
      OPTIONS: JSON.stringify(options),
    }).done;
    expect(wrong).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'doctor: Invalid host: not an address; expected host:port or a URL\n',
    });
  });

  it('finds a group on two gateways, and says how to remove one', async () => {
    const authorization = `Basic ${AUTHORIZATION}`;
    const push = { method: 'PUT', body: '# TYPE orders_total counter\norders_total 1\n', headers: { authorization } };
    await Promise.all(gateways.map(({ url }) => fetch(`${url}/metrics/job/shop/instance/two%20%2B`, push)));
    try {
      const { code, found } = await faults({});
      expect(code).toBe(1);
      expect(found).toMatchObject([
        {
          check: 'groups.one-gateway',
          severity: 'error',
          subject: 'job shop, instance two +',
          finding: expect.stringContaining(
            `is on ${gateways[0].url} and ${gateways[1].url}; the older copy is on http://`,
          ),
          fix: expect.stringMatching(
            /curl -X DELETE -u '<username>:<password>' 'http:\S+\/metrics\/job\/shop\/instance\/two%20%2B'$/,
          ),
        },
      ]);
    } finally {
      await Promise.all(
        gateways.map(({ url }) =>
          fetch(`${url}/metrics/job/shop/instance/two%20%2B`, { method: 'DELETE', headers: { authorization } }),
        ),
      );
    }
  });

  it('tells a balancer that spreads groups from one that names its gateways', async () => {
    const silent = await faults({ pushgateway: { host: balancers.silent.address } });
    expect(silent.code).toBe(1);
    expect(silent.found).toMatchObject([
      {
        check: 'gateway.balancer',
        severity: 'error',
        subject: balancers.silent.url,
        fix: expect.stringMatching(/docker\/haproxy\/haproxy\.cfg: balance uri; .*set-header x-pushgateway %s/),
      },
    ]);

    const naming = await doctor(['--json'], { pushgateway: { host: balancers.naming.address } });
    const findings = JSON.parse(naming.stdout) as Finding[];
    expect(findings.filter(({ severity }) => !['ok', 'hint'].includes(severity))).toEqual([]);
    expect(findings.find(({ check }) => check === 'gateway.balancer')?.finding).toBe(
      'is a load balancer that names its gateways: gateway-1, gateway-2',
    );
    expect(findings.filter(({ check }) => check === 'gateway.reachable').map(({ subject }) => subject)).toEqual([
      `${balancers.naming.url} (gateway-1)`,
      `${balancers.naming.url} (gateway-2)`,
    ]);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'prometheus.targets', finding: 'scrapes all 2 gateways' }),
    );

    const listed = await faults({ pushgateway: { host: [gateways[0].address, balancers.naming.address] } });
    expect(listed.code).toBe(1);
    expect(listed.found).toMatchObject([
      { check: 'gateway.balancer', severity: 'error', finding: 'is a load balancer in a list of gateways' },
    ]);
  });
});
