import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { type RunningNode, runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';

const STALE_MS = 3_000;
const NEVER_MS = 3_600_000;

let redis: RunningServer;
let gateways: [RunningServer, RunningServer];
let client: Redis;
let keyPrefix: string;
const apps: App[] = [];
const processes: RunningNode[] = [];

beforeAll(async () => {
  redis = await startRedis();
  gateways = [await startPushgateway(), await startPushgateway()];
  client = new Redis({ port: redis.port });
}, 60_000);
afterAll(async () => {
  client.disconnect();
  await Promise.all([redis, ...gateways].map((server) => server.stop()));
});
beforeEach(() => {
  keyPrefix = randomUUID();
});
afterEach(async () => {
  for (const process of processes.splice(0)) process.kill('SIGKILL');
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

type Options = PrometheusPushgatewayModuleOptions;
type Change = Partial<Omit<Options, 'pushgateway'>> & { pushgateway?: Options['pushgateway'] };

/** Pushes nothing by itself while a test runs. */
function optionsOf(instance: string, { pushgateway, ...change }: Change = {}): Options {
  return {
    prometheus: { host: '127.0.0.1:9', instance, jobs: [keyPrefix] },
    pushgateway: {
      host: gateways.map(({ address }) => address),
      redis: redis.address,
      keyPrefix,
      flushIntervalMs: 20,
      ...pushgateway,
    },
    autoPush: false,
    ...change,
  };
}

async function app(options: Options): Promise<App> {
  const started = await startApp(options);
  apps.push(started);
  return started;
}

const ordersOf = ({ metrics }: App) =>
  metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] }).labels('blue');

/** A process that counts 5, and pushes with its end, if that is in order. */
async function startProcess(options: Options): Promise<RunningNode> {
  const started = runNode('test/support/processes/server.js', [JSON.stringify(options)]);
  processes.push(started);
  await waitFor(() => started.stdout().includes('ready'), {
    message: 'the application to have stored what it counted',
  });
  return started;
}

/** Instances of this test that any gateway shows. */
async function shown(): Promise<string[]> {
  const texts = await Promise.all(gateways.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const lines = texts.join('').split('\n');
  const ours = lines.filter((line) => line.startsWith('orders_total') && line.includes(`job="${keyPrefix}"`));
  return [...new Set(ours.map((line) => /instance="([^"]*)"/.exec(line)?.[1] ?? ''))].sort();
}

const keysOf = async (instance: string): Promise<string[]> => client.keys(`${keyPrefix}:{*instance*${instance}*`);

const becomes = async (expected: string[]): Promise<void> => {
  await waitFor(async () => JSON.stringify(await shown()) === JSON.stringify(expected), {
    message: `the gateways to show ${expected.join(', ') || 'nothing'}`,
  });
};

describe('an instance that died', () => {
  const watched = { pushgateway: { staleGroupAfterMs: STALE_MS } };

  it('is removed from gateway and Redis by one that lives; the living ones stay, idle or not', async () => {
    const dead = await startProcess(optionsOf('dead', watched));
    const idle = await app(optionsOf('idle', watched));
    const living = await app(optionsOf('living', watched));
    ordersOf(idle).inc();
    ordersOf(living).inc();
    await Promise.all([idle, living].map(({ metrics }) => metrics.push()));
    const pusher = await app(optionsOf('dead'));
    expect((await pusher.metrics.push()).outcome).toBe('pushed');
    await pusher.close();
    expect(await shown()).toEqual(['dead', 'idle', 'living']);
    const diedAt = Date.now();
    dead.kill('SIGKILL');
    await dead.done;
    await becomes(['idle', 'living']);
    expect(Date.now() - diedAt).toBeGreaterThan(STALE_MS / 2);
    await waitFor(async () => (await keysOf('dead')).length === 0, { message: 'Redis to forget the instance' });
    // Its keys go first, then its signs of life.
    await waitFor(async () => (await client.zcard(`${keyPrefix}:{instances}:groups`)) === 2, {
      message: 'Redis to forget the signs of life of the instance',
    });
    expect((await living.metrics.push()).outcome).toBe('pushed');
    expect(await shown()).toEqual(['idle', 'living']);
  });

  it('stays while another process still writes under its name', async () => {
    const dead = await startProcess(optionsOf('shared', watched));
    await app(optionsOf('living', watched));
    // Without the option it gives no sign of life, but it counts.
    const writer = await app(optionsOf('shared'));
    expect((await writer.metrics.push()).outcome).toBe('pushed');
    dead.kill('SIGKILL');
    const end = Date.now() + 3 * STALE_MS;
    while (Date.now() < end) {
      ordersOf(writer).inc();
      await writer.metrics.flush();
      expect(await shown()).toEqual(['shared']);
    }
  });

  it('counts anew when it comes back', async () => {
    const base = optionsOf('back', watched);
    const dead = await startProcess({ ...base, pushOnShutdown: true });
    await app(optionsOf('living', watched));
    dead.kill('SIGTERM');
    await dead.done;
    expect(await shown()).toEqual(['back']);
    await becomes([]);
    const back = await app(base);
    back.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(2);
    expect((await back.metrics.push()).outcome).toBe('pushed');
    expect(await back.metrics.text()).toContain('orders_total 2\n');
  });
});

describe('deleteOnShutdown', () => {
  const leaving = { deleteOnShutdown: true };

  it('removes the groups of an instance with its last process', async () => {
    const replicas = [await app(optionsOf('mine', leaving)), await app(optionsOf('mine', leaving))] as const;
    const other = await app(optionsOf('other', leaving));
    for (const each of [...replicas, other]) ordersOf(each).inc();
    await Promise.all(replicas.map(({ metrics }) => metrics.flush()));
    await replicas[0].metrics.push();
    await other.metrics.push();
    await replicas[0].close();
    expect(await shown()).toEqual(['mine', 'other']);
    await replicas[1].close();
    await becomes(['other']);
    expect(await keysOf('mine')).toEqual([]);
    expect(await keysOf('other')).not.toEqual([]);
  });

  it('is not for those who do not ask for it', async () => {
    const one = await app(optionsOf('mine'));
    ordersOf(one).inc();
    await one.metrics.push();
    await one.close();
    expect(await shown()).toEqual(['mine']);
    expect(await keysOf('mine')).not.toEqual([]);
  });
});

describe('seriesTtlMs', () => {
  it('removes series that nobody updates from Redis and, with the next push, from the gateway', async () => {
    const one = await app(optionsOf('ttl', { pushgateway: { seriesTtlMs: 1_000 }, autoPush: { everyMs: NEVER_MS } }));
    const orders = one.metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });
    one.metrics.counter({ name: 'visits_total', help: 'Visits' }).inc(3);
    orders.inc({ type: 'idle' }, 7);
    await one.metrics.push();
    expect(await one.metrics.text()).toContain('orders_total{type="idle"} 7\n');
    await waitFor(async () => {
      orders.inc({ type: 'busy' });
      await one.metrics.push();
      return !(await one.metrics.text()).includes('idle');
    });
    const onGateways = async (): Promise<string> =>
      (await Promise.all(gateways.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()))).join('');
    const text = (await onGateways()).split('\n').filter((line) => line.includes('instance="ttl"'));
    expect(text.some((line) => line.includes('type="busy"'))).toBe(true);
    expect(text.some((line) => line.includes('type="idle"'))).toBe(false);
    expect(text.some((line) => line.startsWith('visits_total') && line.endsWith(' 3'))).toBe(true);
    orders.inc({ type: 'idle' }, 2);
    await one.metrics.push();
    expect(await one.metrics.text()).toContain('orders_total{type="idle"} 2\n');
  });

  it('removes the group from the gateway once its last series has expired', async () => {
    const one = await app(optionsOf('ttl', { pushgateway: { seriesTtlMs: 500 } }));
    ordersOf(one).inc();
    await one.metrics.push();
    expect(await shown()).toEqual(['ttl']);
    await waitFor(async () => (await one.metrics.push()).reason === 'every series has expired');
    await becomes([]);
    expect(await shown()).toEqual([]);
  });
});
