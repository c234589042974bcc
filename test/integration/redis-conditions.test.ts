import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { tcpAnswer } from '../support/probes.js';
import { FaultProxy, freePort, type RunningServer, type RedisServerOptions, startRedis } from '../support/servers.js';
import type { Writer } from '../support/start-writer.js';
import { waitFor } from '../support/wait-for.js';
import { withoutMade, Writers } from './writers.js';

/** Far above what a busy machine adds, far below what a blocking wait for Redis would. */
const LONGEST_BLOCK_MS = 2_000;
/** Kept event by event, half a million of them would take several times as much. */
const EVENTS_DURING_FAULT = 500_000;
const HEAP_GROWTH = 10 * 1024 * 1024;

const AOF_ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always'];
const AWAY = (reason: string): RegExp =>
  new RegExp(`^warn: Redis \\S+ ${reason}.*\\. Counting goes on in memory, and is stored when it answers$`);
const BACK = /^log: Store \S+ answers again; what was counted meanwhile is being stored$/;

const servers: RunningServer[] = [];
const clients: Redis[] = [];
const folders: string[] = [];
let writers: Writers;

beforeEach(() => {
  writers = new Writers();
});
afterEach(async () => {
  await writers.kill();
  for (const client of clients.splice(0)) client.disconnect();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function redisServer(options: RedisServerOptions = {}): Promise<RunningServer> {
  const server = await startRedis(options);
  servers.push(server);
  return server;
}

function clientOf({ port }: { port: number }, password?: string): Redis {
  const client = new Redis({ port, ...(password !== undefined && { password }) });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'test-redis-data-'));
  folders.push(made);
  return made;
}

const start = (redis: { address: string } | string): Promise<Writer> =>
  writers.start(typeof redis === 'string' ? redis : redis.address, { burst: 500 });

/** Until the process has said that Redis is away; it goes on counting meanwhile and afterwards, in bounded memory. */
async function noticed(writer: Writer, heapBefore: number): Promise<void> {
  await writer.next('line');
  await writer.counts(EVENTS_DURING_FAULT);
  const { heapBytes } = await writer.ask('memory', 'memory');
  expect(heapBytes - heapBefore).toBeLessThan(HEAP_GROWTH);
}

async function begin(writer: Writer): Promise<number> {
  await writer.counts(50_000);
  await writer.ask('flush', 'flushed');
  return (await writer.ask('memory', 'memory')).heapBytes;
}

/** Everything has arrived once, the process was never held up, and said two things. */
async function expectGoodEnd(writer: Writer, at: string, reason: string): Promise<readonly string[]> {
  await writer.ask('flush', 'flushed');
  await writer.counts(10_000);
  const { tally, lines, longestBlockMs } = await writer.finish();
  expect(await writers.stored(at)).toEqual(withoutMade(tally));
  expect(lines).toEqual([expect.stringMatching(AWAY(reason)), expect.stringMatching(BACK)]);
  expect(longestBlockMs).toBeLessThan(LONGEST_BLOCK_MS);
  return lines;
}

describe('Redis, while a process counts on', () => {
  it('killed (-9) and restarted with an append-only file synced at each write', async () => {
    const [dir, port] = [await folder(), await freePort()];
    const redis = await redisServer({ args: AOF_ALWAYS, dir, port });
    const writer = await start(redis);
    const heap = await begin(writer);
    redis.kill('SIGKILL');
    await redis.exited;
    await noticed(writer, heap);
    await redisServer({ args: AOF_ALWAYS, dir, port });
    await expectGoodEnd(writer, redis.address, 'unreachable: connect ECONNREFUSED');
  });

  it('loading a large append-only file after a restart', async () => {
    const [dir, port] = [await folder(), await freePort()];
    const redis = await redisServer({ args: AOF_ALWAYS, dir, port });
    const other = clientOf(redis);
    const keys = 7_000;
    await other.eval("for i = 1, ARGV[1] do redis.call('SET', 'filler' .. i, i) end", 0, keys);
    const writer = await start(redis);
    const heap = await begin(writer);
    redis.kill('SIGKILL');
    await redis.exited;
    await writer.next('line');
    // A millisecond a key: longer than a command's deadline.
    const slow = ['--key-load-delay', '1000', '--loading-process-events-interval-bytes', '1024'];
    const restarted = redisServer({ args: [...AOF_ALWAYS, ...slow], dir, port });
    await waitFor(async () => (await tcpAnswer(port, 'PING\r\n')).startsWith('-LOADING'), { intervalMs: 5 });
    await noticed(writer, heap);
    await restarted;
    await expectGoodEnd(writer, redis.address, 'unreachable: ');
  });

  it('frozen for 10 s', async () => {
    const redis = await redisServer();
    const writer = await start(redis);
    const heap = await begin(writer);
    redis.kill('SIGSTOP');
    const frozen = wait(10_000);
    await noticed(writer, heap);
    await frozen;
    redis.kill('SIGCONT');
    await expectGoodEnd(writer, redis.address, 'unreachable: no answer within 5000 ms');
  });

  it('out of memory, with noeviction', async () => {
    const redis = await redisServer({ args: ['--maxmemory-policy', 'noeviction'] });
    const other = clientOf(redis);
    const writer = await start(redis);
    const heap = await begin(writer);
    await other.config('SET', 'maxmemory', '1');
    await noticed(writer, heap);
    await other.config('SET', 'maxmemory', '0');
    await expectGoodEnd(writer, redis.address, "answered OOM command not allowed when used memory > 'maxmemory'");
  });

  it('made a replica, which takes no writes, and a master again', async () => {
    const redis = await redisServer();
    const other = clientOf(redis);
    const writer = await start(redis);
    const heap = await begin(writer);
    // Nobody listens there: it keeps what it has.
    await other.replicaof('127.0.0.1', await freePort());
    await noticed(writer, heap);
    await other.replicaof('NO', 'ONE');
    await expectGoodEnd(writer, redis.address, "answered READONLY You can't write against a read only replica");
  });

  it('failed over to its replica behind one address, while the old connection stays open', async () => {
    const [first, second] = [await redisServer(), await redisServer()];
    const proxy = await FaultProxy.start(first.port);
    try {
      const [one, two] = [clientOf(first), clientOf(second)];
      await two.replicaof(first.host, first.port);
      await waitFor(async () => (await two.info('replication')).includes('master_link_status:up'));
      const writer = await start(proxy);
      const heap = await begin(writer);
      // The replica takes over once it has everything; who was master is a replica now and answers READONLY.
      await one.call('FAILOVER', 'TO', second.host, second.port);
      await noticed(writer, heap);
      proxy.retarget(second.port);
      await expectGoodEnd(writer, second.address, 'answered READONLY');
    } finally {
      proxy.close();
    }
  });

  it('with another password, and with the right one again', async () => {
    const redis = await redisServer({ password: 'r1ght' });
    const other = clientOf(redis, 'r1ght');
    const writer = await start(`redis://:r1ght@${redis.address}`);
    const heap = await begin(writer);
    await other.config('SET', 'requirepass', 'an0ther');
    await other.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await noticed(writer, heap);
    await other.config('SET', 'requirepass', 'r1ght');
    const lines = await expectGoodEnd(
      writer,
      `redis://:r1ght@${redis.address}`,
      'refused the credentials \\(WRONGPASS .*\\): check pushgateway.redis',
    );
    expect(lines.join()).not.toMatch(/r1ght|an0ther/);
  });

  it('silent for good on an open connection: it is given up, and a new one taken', async () => {
    const redis = await redisServer();
    const proxy = await FaultProxy.start(redis.port);
    try {
      const writer = await start(proxy);
      const heap = await begin(writer);
      proxy.inject('silence', 'half-open');
      await noticed(writer, heap);
      await expectGoodEnd(writer, redis.address, 'unreachable: no answer within 5000 ms');
    } finally {
      proxy.close();
    }
  });
});
