import { Redis } from 'ioredis';
import type { RedisConnection } from '../../lib/options/index.js';
import type { StoreFacts } from '../../lib/store/index.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RunningServer, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

const started: RunningServer[] = [];
afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

async function start(...args: string[]): Promise<RunningServer> {
  const server = await startRedis({ args });
  started.push(server);
  return server;
}

async function factsOf(connection: RedisConnection): Promise<readonly StoreFacts[]> {
  const store = new RedisStore(connection, 'test');
  try {
    return await store.diagnose();
  } finally {
    await store.close();
  }
}

async function command(server: RunningServer, ...args: [string, ...string[]]): Promise<unknown> {
  const client = new Redis({ port: server.port });
  try {
    return await client.call(...args);
  } finally {
    client.disconnect();
  }
}

describe('what Redis says of itself', () => {
  it.each<[string[], Partial<StoreFacts>]>([
    [['--appendonly', 'yes', '--appendfsync', 'always'], { journal: 'always', snapshots: false }],
    [['--appendonly', 'yes', '--appendfsync', 'no'], { journal: 'no' }],
    [['--save', '3600 1'], { journal: false, snapshots: true }],
    [['--maxmemory', '50mb', '--maxmemory-policy', 'volatile-ttl'], { evictionPolicy: 'volatile-ttl' }],
  ])('%j', async (args, expected) => {
    const server = await start(...args);
    const [facts] = await factsOf(server.address);
    expect(facts).toMatchObject({
      address: `redis://${server.address}`,
      isShared: true,
      version: expect.stringMatching(/^(Redis|Valkey) \d+\.\d+\.\d+$/),
      refusesWrites: false,
      memory: { usedBytes: expect.any(Number), limitBytes: args.includes('50mb') ? 50 * 1_024 ** 2 : 0 },
      ...expected,
    });
    expect(facts?.memory?.usedBytes).toBeGreaterThan(100_000);
    expect(Math.abs(facts?.clockAheadMs ?? Infinity)).toBeLessThan(1_000);
  });

  it('tells how many keys were evicted', async () => {
    const server = await start('--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-random');
    expect(await factsOf(server.address)).toMatchObject([{ evictedKeys: 0 }]);
    const value = 'x'.repeat(100_000);
    for (let key = 0; key < 60; key += 1) await command(server, 'SET', `key-${key}`, value);
    const [facts] = await factsOf(server.address);
    const left = Number(await command(server, 'DBSIZE'));
    expect(left).toBeLessThan(60);
    expect(facts?.evictedKeys).toBe(60 - left);
  });

  it('tells a replica', async () => {
    const primary = await start();
    const replica = await start('--replicaof', `127.0.0.1 ${primary.port}`);
    expect(await factsOf(replica.address)).toMatchObject([{ refusesWrites: 'replica' }]);
    await command(replica, 'CONFIG', 'SET', 'replica-read-only', 'no');
    expect(await factsOf(replica.address)).toMatchObject([{ refusesWrites: false }]);
  });

  it('tells a server that stops writes, since it could not save', async () => {
    const server = await start('--save', '3600 1', '--dbfilename', 'dump.rdb', '--enable-protected-configs', 'yes');
    await command(server, 'CONFIG', 'SET', 'dir', '/proc');
    await command(server, 'SET', 'a', '1');
    await command(server, 'BGSAVE');
    await waitFor(
      async () => String(await command(server, 'INFO', 'persistence')).includes('rdb_last_bgsave_status:err'),
      {
        message: 'the save to fail',
      },
    );
    await expect(command(server, 'SET', 'a', '2')).rejects.toThrow('MISCONF');
    expect(await factsOf(server.address)).toMatchObject([{ refusesWrites: 'disk' }]);
    await command(server, 'CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no');
    expect(await factsOf(server.address)).toMatchObject([{ refusesWrites: false }]);
    // Or it would not end, as it cannot save.
    await command(server, 'CONFIG', 'SET', 'save', '');
  });

  it('does not mind commands that are forbidden, as a managed server forbids them', async () => {
    const server = await start();
    const user = (name: string, ...forbidden: string[]) =>
      command(server, 'ACL', 'SETUSER', name, 'on', '>pw', '~*', '&*', '+@all', ...forbidden);
    await user('managed', '-config');
    await user('closed', '-config', '-info', '-time');
    const [managed] = await factsOf(`redis://managed:pw@${server.address}`);
    expect(managed).toMatchObject({ refusesWrites: false, journal: false, evictionPolicy: 'noeviction' });
    expect(managed?.snapshots).toBeUndefined();
    const [closed] = await factsOf(`redis://closed:pw@${server.address}`);
    expect(closed).toEqual({
      address: `redis://${server.address}`,
      isShared: true,
      version: undefined,
      refusesWrites: undefined,
      snapshots: undefined,
      journal: undefined,
      evictionPolicy: undefined,
      evictedKeys: undefined,
      memory: undefined,
      clockAheadMs: undefined,
    });
  });

  it('asks each master of a cluster', async () => {
    const server = await start('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    await command(server, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await waitFor(async () => String(await command(server, 'CLUSTER', 'INFO')).includes('cluster_state:ok'), {
      message: 'the cluster to be complete',
    });
    expect(await factsOf({ nodes: [{ host: '127.0.0.1', port: server.port }] })).toMatchObject([
      { address: `redis://${server.address}`, isShared: true, journal: false, snapshots: false },
    ]);
  });

  it('says that the password is wrong', async () => {
    const server = await startRedis({ password: 'right' });
    started.push(server);
    await expect(factsOf(`redis://:s3cret@${server.address}`)).rejects.toMatchObject({
      message: expect.stringMatching(/^(?!.*s3cret).*refused the credentials .*check pushgateway\.redis$/),
    });
    await expect(factsOf(server.address)).rejects.toMatchObject({
      message: expect.stringMatching(/ wants a password, and none was given: set it in pushgateway\.redis$/),
    });
  });

  it('says that it does not answer, without the password', async () => {
    const server = await start();
    const address = `redis://:s3cret@${server.address}`;
    await server.stop();
    await expect(factsOf(address)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringMatching(/^(?!.*s3cret).*unreachable: connect ECONNREFUSED/),
    });
  });
});
