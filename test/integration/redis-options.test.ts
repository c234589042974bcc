import { connect as connectSocket } from 'node:net';
import * as ioredis6 from 'ioredis';
import * as ioredis5 from 'ioredis-5';
import { CLUSTER_OPTIONS, CONNECTION_OPTIONS } from '../../lib/options/redis/ioredis-options.js';
import { redisFault } from '../../lib/options/redis/redis-fault.js';
import type { RedisConnection } from '../../lib/options/index.js';
import { type Group, resolveDefinition } from '../../lib/model/index.js';
import type { Batch } from '../../lib/store/index.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { waitFor } from '../support/wait-for.js';
import { type RedisCluster, type RunningServer, startRedis, startRedisCluster } from '../support/servers.js';

/**
 * Every option of ioredis 5 and 6, with a value that is not its default: it works, or it is refused at start by its name.
 * `npm run types` holds that none is missing.
 */
type ConnectionOption = keyof ioredis5.RedisOptions | keyof ioredis6.RedisOptions;
type ClusterOption = keyof ioredis5.ClusterOptions | keyof ioredis6.ClusterOptions;
type Case = { readonly value: unknown } | { readonly refused: unknown };

/** As ioredis takes one: a stream to the server. */
class Connector {
  constructor(private readonly options: { host?: string; port?: number }) {}
  check = (): boolean => true;
  disconnect(): void {
    this.stream?.end();
  }
  stream: ReturnType<typeof connectSocket> | undefined;
  connect(): Promise<unknown> {
    this.stream = connectSocket(this.options.port as number, this.options.host);
    return Promise.resolve(this.stream);
  }
}

const CONNECTION = {
  host: { value: '127.0.0.1' },
  port: { value: undefined },
  path: { value: undefined },
  family: { value: 4 },
  tls: { value: undefined },
  username: { value: 'default' },
  password: { value: 'right' },
  db: { value: 3 },
  keyPrefix: { value: 'mine:' },
  connectionName: { value: 'shop' },
  connectTimeout: { value: 3_000 },
  commandTimeout: { value: 4_000 },
  socketTimeout: { value: 4_000 },
  disconnectTimeout: { value: 50 },
  blockingTimeout: { value: 1_000 },
  blockingTimeoutGrace: { value: 10 },
  keepAlive: { value: 0 },
  noDelay: { value: false },
  retryStrategy: { value: null },
  reconnectOnError: { value: () => true },
  maxRetriesPerRequest: { value: null },
  maxLoadingRetryTime: { value: 100 },
  lazyConnect: { value: true },
  enableOfflineQueue: { value: false },
  enableReadyCheck: { value: false },
  enableAutoPipelining: { value: true },
  autoPipeliningIgnoredCommands: { value: ['evalsha'] },
  autoResubscribe: { value: false },
  autoResendUnfulfilledCommands: { value: false },
  readOnly: { refused: true },
  monitor: { refused: true },
  stringNumbers: { value: true },
  protocol: { value: 2 },
  replyMapping: { value: 'resp3' },
  showFriendlyErrorStack: { value: true },
  scripts: { value: { mine: { lua: 'return 1', numberOfKeys: 0 } } },
  himportFieldsets: { value: [] },
  disableClientInfo: { value: true },
  clientInfoTag: { value: 'shop' },
  offlineQueue: { value: true },
  commandQueue: { value: true },
  Connector: { value: Connector },
  natMap: { value: {} },
  // With sentinels all of these are used in redis-sentinel.test.ts; without them they change nothing.
  sentinels: { refused: [] },
  name: { value: 'main' },
  role: { value: 'slave' },
  preferredSlaves: { value: [] },
  sentinelUsername: { value: 'u' },
  sentinelPassword: { value: 'p' },
  sentinelTLS: { value: {} },
  sentinelRetryStrategy: { value: () => 10 },
  sentinelReconnectStrategy: { value: () => 10 },
  sentinelCommandTimeout: { value: 10 },
  sentinelMaxConnections: { value: 1 },
  enableTLSForSentinelMode: { value: true },
  updateSentinels: { value: false },
  failoverDetector: { value: true },
} as const satisfies Record<ConnectionOption, Case>;

const CLUSTER = {
  redisOptions: { value: { stringNumbers: true, enableAutoPipelining: true } },
  scaleReads: { value: 'slave' },
  lazyConnect: { value: true },
  keyPrefix: { value: 'mine:' },
  enableOfflineQueue: { value: false },
  enableReadyCheck: { value: false },
  natMap: { value: {} },
  enableAutoPipelining: { value: true },
  autoPipeliningIgnoredCommands: { value: ['evalsha'] },
  clusterRetryStrategy: { value: null },
  clusterNodeRetryStrategy: { value: () => 10 },
  maxRedirections: { value: 4 },
  retryDelayOnFailover: { value: 10 },
  retryDelayOnClusterDown: { value: 10 },
  retryDelayOnTryAgain: { value: 10 },
  retryDelayOnMoved: { value: 10 },
  slotsRefreshTimeout: { value: 2_000 },
  slotsRefreshInterval: { value: 500 },
  shardedSubscribers: { value: true },
  dnsLookup: {
    value: (host: string, done: (error: null, address: string) => void) => {
      done(null, host);
    },
  },
  useSRVRecords: { value: false },
  resolveSrv: { value: () => undefined },
  scripts: { value: { mine: { lua: 'return 1', numberOfKeys: 0 } } },
  himportFieldsets: { value: [] },
  showFriendlyErrorStack: { value: true },
} as const satisfies Record<ClusterOption, Case>;

let server: RunningServer;
let cluster: RedisCluster;
const open: { disconnect(): void }[] = [];

beforeAll(async () => {
  [server, cluster] = await Promise.all([startRedis({ password: 'right' }), startRedisCluster()]);
}, 60_000);
afterAll(() => Promise.all([server.stop(), cluster.stop()]));
afterEach(() => {
  for (const client of open.splice(0)) client.disconnect();
});

function keep(client: object): RedisConnection {
  const { disconnect } = client as unknown as { disconnect: () => void };
  open.push({ disconnect: disconnect.bind(client) });
  (client as { on?: (name: 'error', act: () => void) => void }).on?.('error', () => undefined);
  return client;
}

const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const histogram = resolveDefinition({ name: 'sizes', help: 'Sizes', type: 'histogram', buckets: [1, 2] });

/** Counts, reads back and takes a turn: every shape that a reply has. */
async function works(connection: RedisConnection, waitForReplicas = 0): Promise<void> {
  const store = new RedisStore(connection, `test-${Math.random()}`, { waitForReplicas });
  const group: Group = { job: 'shop', instance: 'test', labels: {} };
  const updates = [
    { family: 'orders_total', shape: 'counter', updates: [{ op: 'add', labels: 'type="12"', value: 3 }] },
  ] as const;
  const batch = { writer: 'w', clear: [], definitions: [counter, histogram], families: [] } as const;
  try {
    expect(await store.series.apply(group, { ...batch, sequence: 1 })).toEqual({ outcome: 'applied' });
    const shape = (await store.series.definitions(group)).map(({ name }) => name);
    expect(shape).toEqual(['orders_total', 'sizes']);
    const second = { ...batch, definitions: [], sequence: 2, families: updates } as unknown as Batch;
    expect(await store.series.apply(group, second)).toEqual({ outcome: 'applied' });
    expect(await store.series.apply(group, second)).toEqual({ outcome: 'seen' });
    const lines: unknown[] = [];
    for await (const parts of store.series.readText(group, await store.series.families(group))) lines.push(...parts);
    expect(JSON.stringify(lines)).toContain('3');
    const series: unknown[] = [];
    for await (const chunk of store.series.read(group, counter)) series.push(...chunk);
    expect(series).toEqual([{ labels: 'type="12"', value: 3 }]);
    const { turn = '', now } = await store.turns.take(group, 5_000);
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
    expect(await store.turns.keep(group, turn, 5_000)).toBe(true);
    expect((await store.turns.take(group, 5_000)).turn).toBeUndefined();
    await store.turns.end(group, turn, now);
    await store.ping();
    expect((await store.diagnose())[0]).toMatchObject({ isShared: true, refusesWrites: false });
  } finally {
    await store.close();
  }
}

/** Those that work. */
const cases = (table: Record<string, Case>): [string, { value: unknown }][] =>
  Object.entries(table).filter((each): each is [string, { value: unknown }] => 'value' in each[1]);
/** One type for both. */
const versions = { 5: ioredis5 as unknown as typeof ioredis6, 6: ioredis6 } as const;

it('the lists of options that are known are those of ioredis 5 and 6', () => {
  expect([...CONNECTION_OPTIONS].sort()).toEqual(Object.keys(CONNECTION).sort());
  expect([...CLUSTER_OPTIONS].sort()).toEqual(Object.keys(CLUSTER).sort());
});

describe.each(cases(CONNECTION))('%s', (name, { value }) => {
  const withOption = (given: unknown): object => ({
    host: server.host,
    port: server.port,
    password: 'right',
    ...(given !== undefined && { [name]: given }),
  });

  it('of options', async () => {
    const options = withOption(value);
    expect(redisFault(options)).toBeUndefined();
    await works(options);
  });

  it.each([5, 6] as const)('of a client of ioredis %d', async (version) => {
    const client = keep(new versions[version].Redis(withOption(value)));
    expect(redisFault(client)).toBeUndefined();
    await works(client);
  });
});

describe.each(cases(CLUSTER))('%s of a cluster', (name, { value }) => {
  it('of options', async () => {
    const connection = { nodes: [...cluster.nodes], options: { [name]: value } } as RedisConnection;
    expect(redisFault(connection)).toBeUndefined();
    await works(connection, 1);
  });

  it.each([5, 6] as const)('of a client of ioredis %d', async (version) => {
    const client = keep(new versions[version].Cluster([...cluster.nodes], { [name]: value }));
    expect(redisFault(client)).toBeUndefined();
    await works(client, 1);
  });
});

describe.each([{ retryStrategy: null }, { autoResendUnfulfilledCommands: false }])('with %j', (options) => {
  it('a connection that is lost is followed by another', async () => {
    const connection = { host: server.host, port: server.port, password: 'right', ...options };
    const store = new RedisStore(connection, 'test-lost');
    const other = new ioredis6.Redis(connection);
    keep(other);
    try {
      await store.ping();
      await other.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await waitFor(
        () =>
          store.ping().then(
            () => true,
            () => false,
          ),
        { message: 'a new connection' },
      );
    } finally {
      await store.close();
    }
  });
});

describe('what is refused though ioredis takes it', () => {
  it.each<[object, string]>([
    [{ readOnly: true }, 'no "readOnly"'],
    [{ monitor: true }, 'no "monitor"'],
    [{ sentinels: [{ host: 'h' }], name: 'main', role: 'slave' }, 'no "role"'],
    [{ sentinels: [{ host: 'h' }], name: 'main', role: 'slave' }, 'no "role": "slave"'],
    [{ reconnectOnError: () => 2 }, '"reconnectOnError" not to return 2 for NOSCRIPT'],
    [{ scripts: { evalsha: { lua: 'return 1' } } }, 'no "scripts" of the name "evalsha"'],
  ])('%j', (options, fault) => {
    expect(redisFault(options)).toContain(fault);
    expect(redisFault(keep(new ioredis6.Redis({ ...options, lazyConnect: true })))).toContain(fault);
  });

  it.each([5, 6] as const)('a transformer of a command of ours, ioredis %d', async (version) => {
    const { Redis, Cluster } = versions[version];
    const { _transformer: transformers } = Redis.Command as unknown as {
      _transformer: { reply: Record<string, unknown> };
    };
    const clients = [
      keep(new Redis({ host: server.host, port: server.port, password: 'right' })),
      keep(new Cluster([...cluster.nodes])),
    ];
    Redis.Command.setReplyTransformer('evalsha', () => 'changed');
    Redis.Command.setReplyTransformer('hgetall', (reply: unknown) => reply);
    try {
      expect(redisFault(clients[0])).toContain('no transformer of the command "evalsha"');
      for (const client of clients)
        await expect(works(client)).rejects.toThrow('a transformer of the command "evalsha"');
    } finally {
      delete transformers.reply['evalsha'];
    }
    for (const client of clients) await works(client);
  });
});
