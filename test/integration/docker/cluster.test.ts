import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { DOCKER_FOLDER, dockerConfig } from '../../support/docker-config.js';
import { httpStatus, tcpAnswer } from '../../support/probes.js';
import { backwardSteps, rawSamples } from '../../support/raw-samples.js';
import {
  freePort,
  type RunningServer,
  startHaproxy,
  startPrometheus,
  startPushgateway,
  startRedis,
} from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';

// Prometheus runs at the intervals of the files: a value is federated up to 20 s after its push.
jest.setTimeout(120_000);

const GATEWAYS = ['gateway-1', 'gateway-2', 'gateway-3'] as const;
type Gateway = (typeof GATEWAYS)[number];
const REPLICAS = ['prometheus-1', 'prometheus-2', 'prometheus-3'] as const;
type Replica = (typeof REPLICAS)[number];

const { services } = parse(readFileSync(join(DOCKER_FOLDER, 'compose.multi-node.yml'), 'utf8'), {
  merge: true,
}) as { services: Record<string, { command?: string[] }> };

const servers: RunningServer[] = [];
async function keep(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

const gateways = {} as Record<Gateway, RunningServer>;
const prometheus = {} as Record<Replica, RunningServer>;
/** Runs by the file of prometheus-1 too, but reaches no gateway. */
let blind: RunningServer;
let haproxy: RunningServer;
let ports: { pushes: number; statistics: number; peers: number };

async function balance(): Promise<void> {
  const config = await dockerConfig('haproxy/haproxy.cfg', {
    'bind :9091': `bind 127.0.0.1:${ports.pushes}`,
    'bind :8404': `bind 127.0.0.1:${ports.statistics}`,
    '127.0.0.1:10000': `127.0.0.1:${ports.peers}`,
    ...addresses(GATEWAYS, 9091, (name) => gateways[name].address),
  });
  // -W: with a master process, as the image starts it.
  haproxy = await keep(startHaproxy({ config, port: ports.pushes, args: ['-W'] }));
  // It takes a gateway for up until a check says otherwise, which is not yet known then.
  await waitFor(async () => (await statuses()).length === 3, { message: 'HAProxy to list the gateways' });
}

async function observe(
  replica: Replica,
  port: number,
  all: Record<Replica, string>,
  to = port,
): Promise<RunningServer> {
  const others = REPLICAS.filter((other) => other !== replica);
  const config = await dockerConfig(`prometheus/${replica}.yml`, {
    'rules.yml': join(DOCKER_FOLDER, 'prometheus/rules.yml'),
    'localhost:9090': `127.0.0.1:${to}`,
    'haproxy:8404': `127.0.0.1:${ports.statistics}`,
    ...addresses(others, 9090, (name) => all[name]),
    // Or to where nobody listens.
    ...addresses(GATEWAYS, 9091, (name) => (to === port ? gateways[name].address : '127.0.0.1:9')),
  });
  return keep(startPrometheus({ config, port: to }));
}

function addresses<Name extends string>(
  names: readonly Name[],
  port: number,
  addressOf: (name: Name) => string,
): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name}:${port}`, addressOf(name)]));
}

beforeAll(async () => {
  ports = { pushes: await freePort(), statistics: await freePort(), peers: await freePort() };
  for (const name of GATEWAYS) gateways[name] = await keep(startPushgateway({ args: flags(name) }));
  await balance();
  const own = {} as Record<Replica, number>;
  for (const name of REPLICAS) own[name] = await freePort();
  const all = Object.fromEntries(REPLICAS.map((name) => [name, `127.0.0.1:${own[name]}`])) as Record<Replica, string>;
  await Promise.all(REPLICAS.map(async (name) => (prometheus[name] = await observe(name, own[name], all))));
  blind = await observe('prometheus-1', own['prometheus-1'], all, await freePort());
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** What follows the program in the compose file. */
function flags(service: string): string[] {
  return services[service]?.command?.filter((word) => word !== 'redis-server') ?? [];
}

interface Answer {
  status: number;
  /** Whom the balancer names. */
  gateway: string | undefined;
}

const pathOf = (group: string): string => `/metrics/job/${group}/instance/docker`;

interface PushOptions {
  to?: Gateway | 'gateway-9';
  signal?: AbortSignal;
  /** The gateway, or whoever answers for it, wants the body. */
  onContinue?: () => void;
}

/** A push as ours: the body goes when the gateway asks for it, and is refused if it is cut short. */
function push(group: string, value: number, { to, signal, onContinue }: PushOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { expect: '100-continue', 'content-type': 'text/plain', 'content-encoding': 'gzip', ...named(to) };
    const put = request(`${haproxy.url}${pathOf(group)}`, {
      method: 'PUT',
      agent: false,
      headers,
      ...(signal && { signal }),
    });
    put.once('continue', () => {
      onContinue?.();
      put.end(gzipSync(`# TYPE orders_total counter\norders_total ${value}\n`));
    });
    put.once('response', (response) => {
      const gateway = response.headers['x-pushgateway'] as string | undefined;
      resolve({ status: response.statusCode ?? 0, gateway });
      put.destroy();
    });
    put.once('error', reject);
    put.flushHeaders();
  });
}

async function remove(group: string, to: Gateway): Promise<Answer> {
  const response = await fetch(`${haproxy.url}${pathOf(group)}`, { method: 'DELETE', headers: named(to) });
  return { status: response.status, gateway: response.headers.get('x-pushgateway') ?? undefined };
}

function named(gateway: string | undefined): Record<string, string> {
  return gateway === undefined ? {} : { 'x-pushgateway': gateway };
}

/** What a gateway holds of a group. */
async function held(gateway: Gateway, group: string): Promise<number | undefined> {
  const text = await (await fetch(`${gateways[gateway].url}/metrics`)).text();
  const value = new RegExp(`^orders_total\\{.*job="${group}".*\\} (\\d+)$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

async function holders(group: string): Promise<Gateway[]> {
  const values = await Promise.all(GATEWAYS.map((name) => held(name, group).catch(() => undefined)));
  return GATEWAYS.filter((_, at) => values[at] !== undefined);
}

/** Lines of the balancer's metrics that say which gateways are up. */
async function statuses(): Promise<string[]> {
  const text = await (await fetch(`http://127.0.0.1:${ports.statistics}/metrics`)).text();
  return text.split('\n').filter((line) => /^haproxy_server_status\{proxy="gateways",.*state="UP"/.test(line));
}

async function isUp(gateway: Gateway): Promise<boolean> {
  return (await statuses()).some((line) => line.includes(`"${gateway}"`) && line.endsWith(' 1'));
}

async function query(server: RunningServer, promql: string): Promise<Record<string, number>> {
  const response = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return Object.fromEntries(
    data.result.map(({ metric, value }) => [metric['prometheus_replica'] ?? '', Number(value[1])]),
  );
}

const GROUPS = Array.from({ length: 12 }, (_, at) => `group-${at}`);
const homes = {} as Record<string, Gateway>;

it('sends each group to one gateway and names it, spreading groups over all', async () => {
  for (const group of GROUPS) {
    const { status, gateway } = await push(group, 1);
    expect({ group, status }).toEqual({ group, status: 200 });
    homes[group] = gateway as Gateway;
  }
  for (const group of GROUPS) expect(await push(group, 2)).toEqual({ status: 200, gateway: homes[group] });
  for (const group of GROUPS) expect(await holders(group)).toEqual([homes[group]]);
  expect(new Set(Object.values(homes)).size).toBe(3);
});

it('lets a request name its gateway', async () => {
  for (const to of GATEWAYS) expect(await push('named', 1, { to })).toEqual({ status: 200, gateway: to });
  expect(await holders('named')).toEqual(GATEWAYS);
  for (const to of GATEWAYS) expect(await remove('named', to)).toEqual({ status: 202, gateway: to });
  expect(await holders('named')).toEqual([]);
  // Who names nobody goes where the last push went.
  for (const to of GATEWAYS) {
    await push('named', 1, { to });
    expect(await push('named', 2)).toEqual({ status: 200, gateway: to });
    await remove('named', to);
  }
  // A name nobody has.
  const { status, gateway } = await push('named', 2, { to: 'gateway-9' });
  expect({ status, holders: await holders('named') }).toEqual({ status: 200, holders: [gateway] });
});

it('shows statistics, metrics and its health', async () => {
  const address = `127.0.0.1:${ports.statistics}`;
  expect(await (await fetch(`http://${address}/`)).text()).toContain('Statistics Report');
  expect(await httpStatus(address, '/healthz')).toBe(200);
  for (const name of GATEWAYS) await waitFor(() => isUp(name), { message: `${name} to be up` });
});

it('sends groups where they were after it was restarted', async () => {
  await haproxy.stop();
  await balance();
  // In another order: taking turns would find the same gateways by chance.
  for (const group of GROUPS.toReversed()) expect(await push(group, 3)).toEqual({ status: 200, gateway: homes[group] });
  for (const group of GROUPS) expect(await holders(group)).toEqual([homes[group]]);
});

it('keeps no push for a frozen gateway', async () => {
  const group = 'group-0';
  const home = homes[group] as Gateway;
  gateways[home].kill('SIGSTOP');
  try {
    const onContinue = jest.fn();
    const ghost = push(group, 666, { to: home, signal: AbortSignal.timeout(1_000), onContinue });
    await expect(ghost).rejects.toThrow('aborted');
    expect(onContinue).not.toHaveBeenCalled();
    await waitFor(async () => !(await isUp(home)), { message: 'the frozen gateway to be marked down' });
  } finally {
    gateways[home].kill('SIGCONT');
  }
  expect(await held(home, group)).toBe(3);
  // Named, it is reached while it is still marked down.
  expect(await push(group, 4, { to: home })).toEqual({ status: 200, gateway: home });
  expect(await held(home, group)).toBe(4);
  await waitFor(() => isUp(home), { message: 'the gateway to be up again' });
});

it('sends the groups of a killed gateway elsewhere, and leaves them there when it is back or the balancer reloads', async () => {
  const lost = homes['group-0'] as Gateway;
  const moved = GROUPS.filter((group) => homes[group] === lost);
  const first = gateways[lost];
  first.kill('SIGKILL');
  await first.exited;
  for (const group of moved) {
    const { status, gateway } = await push(group, 5);
    expect({ status, isElsewhere: gateway !== lost }).toEqual({ status: 200, isElsewhere: true });
    homes[group] = gateway as Gateway;
  }
  // The others stay.
  for (const group of GROUPS) expect(await push(group, 5)).toEqual({ status: 200, gateway: homes[group] });
  // Who insists on the dead one is told.
  expect((await push('group-0', 5, { to: lost })).status).toBe(503);

  gateways[lost] = await keep(startPushgateway({ args: flags(lost), port: first.port }));
  await waitFor(() => isUp(lost), { message: 'it to be up again' });
  for (const group of GROUPS) expect(await push(group, 6)).toEqual({ status: 200, gateway: homes[group] });

  haproxy.kill('SIGUSR2');
  await waitFor(() => /Former worker .* exited with code 0/.test(haproxy.output()), { message: 'the reload' });
  for (const group of GROUPS) expect(await push(group, 7)).toEqual({ status: 200, gateway: homes[group] });
  for (const group of GROUPS) expect(await holders(group)).toEqual([homes[group]]);
});

it('is read by all three Prometheus, once, and copied under another name', async () => {
  await push('read', 100);
  const own = 'orders_total{job="read"}';
  const copyOf = (replica = '.+'): string =>
    `{__name__="federated:orders_total",job="read",prometheus_replica=~"${replica}"}`;
  for (const name of REPLICAS) {
    const server = prometheus[name];
    await waitFor(async () => (await query(server, own))[''] === 100, { message: `${name} to read the push` });
  }
  await push('read', 200);
  for (const name of REPLICAS) {
    const server = prometheus[name];
    const others = REPLICAS.filter((other) => other !== name);
    const expected = { own: { '': 200 }, copies: Object.fromEntries(others.map((other) => [other, 200])) };
    const isRead = async (): Promise<true> => {
      expect({ own: await query(server, own), copies: await query(server, copyOf()) }).toEqual(expected);
      return true;
    };
    await waitFor(isRead, { message: `${name} to have the value and its copies`, timeoutMs: 45_000 });
    expect(await query(server, 'sum(orders_total{job="read"})')).toEqual({ '': 200 });
    // Neither copies of copies nor a step back, in whatever this cluster has gone through.
    expect(await query(server, 'count({__name__=~"federated:federated:.*"})')).toEqual({});
    for (const series of [own, ...others.map(copyOf)]) expect(backwardSteps(await rawSamples(server, series))).toBe(0);
    for (const group of GROUPS) {
      expect({ group, back: backwardSteps(await rawSamples(server, `orders_total{job="${group}"}`)) }).toEqual({
        group,
        back: 0,
      });
    }
    const targets = 'count(up{job=~"pushgateway|federation|haproxy|prometheus"} == 1)';
    await waitFor(async () => (await query(server, targets))[''] === 7, { message: `${name} to reach all it scrapes` });
  }
});

it('is known by federation to a Prometheus that reaches no gateway', async () => {
  const filled =
    'orders_total{job="read"} or max without (prometheus_replica) ({__name__="federated:orders_total",job="read"})';
  await waitFor(async () => (await query(blind, filled))[''] === 200, { message: 'the copy', timeoutMs: 45_000 });
  expect(await query(blind, 'orders_total{job="read"}')).toEqual({});
});

it('keeps the counters of Redis in a file, by the flags of the compose file', async () => {
  const redis = await keep(startRedis({ args: flags('redis') }));
  const setting = async (name: string): Promise<string> =>
    (await tcpAnswer(redis.port, `CONFIG GET ${name}\r\n`)).split('\r\n').at(-2) as string;
  expect(await setting('appendonly')).toBe('yes');
  expect(await setting('appendfsync')).toBe('everysec');
  expect(await setting('maxmemory-policy')).toBe('noeviction');
});
