import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import type { RedisConnection } from '../../lib/options/index.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { freePort } from '../support/free-port.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

let gateway: RunningServer;
const servers: RunningServer[] = [];
const apps: App[] = [];
const clients: Redis[] = [];

beforeAll(async () => {
  gateway = await startPushgateway();
});
afterAll(() => gateway.stop());
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  for (const client of clients.splice(0)) client.disconnect();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(...args: string[]): Promise<RunningServer> {
  const server = await startRedis({ args });
  servers.push(server);
  return server;
}

/** A client of the test's own, or, for the application, of the user's. */
function connect(options: object): Redis {
  const client = new Redis(options);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function open(server: RunningServer, redis: RedisConnection): Promise<App> {
  const options = optionsFor({ redis: server, gateway, prometheus: gateway }, ['shop']);
  const app = await startApp({
    ...options,
    pushOnShutdown: false,
    shutdownTimeoutMs: 100,
    pushgateway: { ...options.pushgateway, redis },
  });
  apps.push(app);
  return app;
}

function count({ metrics }: App, by: number): void {
  metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(by);
}

async function serveAllSlots({ port }: RunningServer): Promise<void> {
  const client = connect({ port });
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await waitFor(async () => String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'), {
    message: 'the cluster to be complete',
  });
}

/** How many keys each database has that has any: `{ 0: 3 }`. */
async function keysOf(server: RunningServer): Promise<Record<number, number>> {
  const info = await connect({ port: server.port }).info('keyspace');
  return Object.fromEntries(
    [...info.matchAll(/^db(\d+):keys=(\d+)/gm)].map(([, db, keys]) => [Number(db), Number(keys)] as const),
  );
}

const refusal = (database: number, reason: string): unknown =>
  expect.objectContaining({
    code: 'ERR_STORE_UNAVAILABLE',
    message: expect.stringMatching(
      reason.startsWith('ACL')
        ? new RegExp(`does not let user "shop" run select: ${reason.replaceAll('+', '[+]')}$`)
        : new RegExp(`refused database ${database} \\(.*(${reason}).*\\): .*pushgateway\\.redis`),
    ),
  });

describe('a server that refuses the database', () => {
  const CLUSTER = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
  // Redis knows no SELECT in a cluster; Valkey 9 does, and has one database unless it is told otherwise.
  const ONE_DATABASE = 'SELECT|out of range';
  const withoutSelect = ['--user', 'shop', 'on', '>pw', '~*', '&*', '+@all', '-select'];
  it.each<[string, string[], number, string, (server: RunningServer) => RedisConnection]>([
    ['has 16', [], 99, 'out of range', ({ address }) => `redis://${address}/99`],
    ['has 16, asked by options', [], 99, 'out of range', ({ port }) => ({ port, db: 99 })],
    ['is a cluster of one', CLUSTER, 1, ONE_DATABASE, ({ address }) => `redis://${address}/1`],
    [
      'is a cluster of one, given as nodes',
      CLUSTER,
      1,
      ONE_DATABASE,
      ({ host, port }) => ({ nodes: [{ host, port }], options: { redisOptions: { db: 1 } } }),
    ],
    [
      'lets this user not select',
      withoutSelect,
      2,
      'ACL SETUSER shop +select',
      ({ address }) => `redis://shop:pw@${address}/2`,
    ],
    ['has 16, asked by a client of the user', [], 99, 'out of range', ({ port }) => connect({ port, db: 99 })],
    [
      'has 16, asked by a client that does not wait for an answer to be ready',
      [],
      99,
      'out of range',
      ({ port }) => connect({ port, db: 99, enableReadyCheck: false }),
    ],
  ])('%s: that is said, and nothing is stored', async (_, args, database, reason, connection) => {
    const server = await start(...args);
    if (args.includes('--cluster-enabled')) await serveAllSlots(server);
    const app = await open(server, connection(server));
    count(app, 114);
    await expect(app.metrics.flush()).rejects.toEqual(refusal(database, reason));
    expect(await app.metrics.push()).toMatchObject({ outcome: 'failed', error: refusal(database, reason) });
    expect(await keysOf(server)).toEqual({});
  });

  it('does not add up with what another environment has in database 0', async () => {
    const server = await start();
    const [production, staging] = [await open(server, server.address), await open(server, `${server.address}/99`)];
    count(production, 14);
    count(staging, 100);
    await production.metrics.flush();
    await expect(staging.metrics.flush()).rejects.toEqual(refusal(99, 'out of range'));
    expect(await production.metrics.text()).toContain('orders_total 14\n');
  });

  it('is found by ping and by the doctor', async () => {
    const server = await start();
    const store = new RedisStore(`redis://${server.address}/99`, 'test');
    try {
      await expect(store.ping()).rejects.toEqual(refusal(99, 'out of range'));
      await expect(store.diagnose()).rejects.toEqual(refusal(99, 'out of range'));
    } finally {
      await store.close();
    }
  });

  it('is found when it takes the place of one that had it', async () => {
    const port = await freePort();
    const first = await startRedis({ port, args: ['--databases', '32'] });
    servers.push(first);
    const app = await open(first, { port, db: 20, retryStrategy: () => 10 });
    count(app, 5);
    await app.metrics.flush();
    await first.stop();
    const second = await startRedis({ port });
    servers.push(second);
    count(app, 7);
    await expect(app.metrics.flush()).rejects.toEqual(refusal(20, 'out of range'));
    expect(await keysOf(second)).toEqual({});
  });
});

describe('a database other than 0', () => {
  it.each<[string, (server: RunningServer) => RedisConnection]>([
    ['of an address', ({ address }) => `${address}/3`],
    ['of a URL', ({ address }) => `redis://${address}/3`],
    ['of options', ({ port }) => ({ port, db: 3 })],
    ['of a client', ({ port }) => connect({ port, db: 3 })],
    ['of a client that connects when it is used', ({ port }) => connect({ port, db: 3, lazyConnect: true })],
    [
      'that a client has selected',
      ({ port }) => {
        const client = connect({ port });
        void client.select(3);
        return client;
      },
    ],
  ])('%s has everything', async (_, connection) => {
    const server = await start();
    const app = await open(server, connection(server));
    count(app, 5);
    expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed', series: 1 });
    expect(Object.keys(await keysOf(server))).toEqual(['3']);
  });

  it.each([0, 3])('stays database %d, whatever the user selects with the same client', async (database) => {
    const server = await start();
    const client = connect({ port: server.port, db: database });
    const app = await open(server, client);
    count(app, 5);
    await app.metrics.flush();
    await client.select(7);
    count(app, 6);
    await app.metrics.flush();
    expect(await app.metrics.text()).toContain('orders_total 11\n');
    expect(Object.keys(await keysOf(server))).toEqual([String(database)]);
    // And the user's commands go where the user has selected.
    await client.set('mine', 1);
    expect(await keysOf(server)).toMatchObject({ 7: 1 });
  });
});

it.each(['%s', '%s?db=2'])('by a Unix socket: unix://%s', async (form) => {
  const folder = await mkdtemp(join(tmpdir(), 'redis socket '));
  const path = join(folder, 'redis.sock');
  try {
    const server = await start('--unixsocket', path);
    const app = await open(server, form.replace('%s', pathToFileURL(path).href.replace('file:', 'unix:')));
    count(app, 3);
    await app.metrics.flush();
    expect((await app.metrics.text()).split('\n')).toContain('orders_total 3');
    const db = form.includes('db=2') ? 2 : 0;
    const keys = connect({ port: server.port, db });
    expect(await keys.dbsize()).toBeGreaterThan(0);
    expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
    // Through the socket, and nothing else.
    const clients = String(await keys.call('CLIENT', 'LIST'));
    expect(clients).toContain(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
