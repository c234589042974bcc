import { Cluster, Redis } from 'ioredis';
import { describeRedis } from '../../../lib/options/index.js';
import { redisFault, unknownRedisOptions } from '../../../lib/options/redis/redis-fault.js';

const clients: { disconnect(): void }[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
function keep<T extends { disconnect(): void }>(client: T): T {
  clients.push(client);
  return client;
}
const lazy = { lazyConnect: true };

describe('settings in another style', () => {
  it.each<[string, object, string]>([
    [
      'node-redis',
      { url: 'redis://prod:6379' },
      'it knows no "url"; give the URL itself: redis: "redis://host:6379/0"',
    ],
    [
      'node-redis',
      { socket: { host: 'prod', port: 6379 } },
      '"socket"; give "host", "port" and "tls" beside the others',
    ],
    ['node-redis', { host: 'prod', database: 3 }, '"database"; give "db"'],
    ['node-redis cluster', { rootNodes: [{ url: 'redis://prod' }] }, '"rootNodes"; give { nodes, options }'],
    ['node-redis 3', { host: 'prod', auth_pass: 'x' }, '"auth_pass"; give "password"'],
    ['Bull', { redis: { host: 'prod' } }, '"redis"; give its content itself'],
    ['BullMQ', { connection: { host: 'prod' } }, '"connection"; give its content itself'],
    ['nestjs-redis', { config: { host: 'prod' } }, '"config"; give its content itself'],
    ['cache-manager', { store: 'redis', host: 'prod' }, '"store"; give its content itself'],
    ['go-redis', { addr: 'prod:6379' }, '"addr"; give "host" and "port"'],
    ['go-redis', { Addrs: ['a:1'] }, '"Addrs"; give "host" and "port"'],
    ['go-redis', { host: 'prod', DB: 3 }, '"DB"; did you mean "db"?'],
    ['go-redis', { masterName: 'main', sentinelAddrs: [] }, '"masterName"; give "sentinels" and "name"'],
    ['Spring', { hostName: 'prod' }, '"hostName"; give "host" and "port"'],
    ['Spring', { host: 'prod', user: 'u' }, '"user"; give "username"'],
    ['Jedis', { uri: 'redis://prod' }, '"uri"; give the URL itself'],
    ['redis-py', { unix_socket_path: '/s' }, '"unix_socket_path"; give "path"'],
    ['others', { host: 'prod', pass: 'x' }, '"pass"; give "password"'],
    ['others', { host: 'prod', auth: 'x' }, '"auth"; give "password"'],
    ['others', { host: 'prod', ssl: true }, '"ssl"; give "tls"'],
    ['others', { host: 'prod', key_prefix: 'x' }, '"key_prefix"; did you mean "keyPrefix"?'],
    ['others', { endpoint: 'prod' }, '"endpoint"; give "host" and "port"'],
  ])('%s: %j is refused', (_, value, fault) => {
    expect(redisFault(value)).toContain(fault);
  });

  it('a client that was made with them is refused', () => {
    expect(redisFault(keep(new Redis({ url: 'redis://prod', ...lazy } as object)))).toContain('it knows no "url"');
    expect(redisFault(keep(new Redis({ host: 'prod', database: 3, ...lazy } as object)))).toContain('give "db"');
  });

  it.each<[object, string]>([
    [{ nodes: [{ host: 'a' }], redisOptions: {} }, '"redisOptions" belongs to options'],
    [{ nodes: [{ host: 'a' }], password: 'x' }, '"password" belongs to options.redisOptions'],
    [{ nodes: [{ host: 'a' }], options: { password: 'x' } }, '"password" belongs to options.redisOptions'],
    [{ nodes: [{ host: 'a' }], options: { redisOptions: { database: 1 } } }, '"database"; give "db"'],
    [{ nodes: [{ host: 'a' }], options: { redisOptions: { host: 'b' } } }, 'not redisOptions.host'],
    [{ nodes: [{ url: 'redis://prod' }] }, 'nodes to be { host, port }; options of ioredis: it knows no "url"'],
    [{ nodes: [{ host: 'a', db: 1 }] }, '"db", which belongs to options.redisOptions'],
    [{ nodes: ['redis://:a%zz@h'] }, 'percent-encoded'],
    [{ sentinels: ['s1:26379'], name: 'main' }, '"sentinels" to be an array of { host, port }'],
    [{ sentinels: [{ url: 'redis://s1' }], name: 'main' }, '"sentinels" to be an array of { host, port }'],
    [{ sentinels: [{ host: 's1' }] }, '"name", the master that the sentinels watch'],
    [{ host: 'h', db: 'shop' }, '"db" to be the number of a database'],
    [{ host: 'h', db: -1 }, '"db" to be the number of a database'],
  ])('%j is refused', (value, fault) => {
    expect(redisFault(value)).toContain(fault);
  });

  it.each<[string, string]>([
    ['redis://:p%zz@prod', 'percent-encoded'],
    ['redis://:100%@prod:6379', 'percent-encoded'],
    [':p%zz@prod', 'percent-encoded'],
    ['redis://user:12/34@prod:6379', 'percent-encoded'],
    ['redis://user:1/2?x@prod', 'percent-encoded'],
    ['redis://user:1#x@prod', 'percent-encoded'],
    ['redis://prod/3#x', 'redis://, rediss:// or unix:// URL'],
    ['unix://run/redis.sock', 'unix:// URL'],
    ['unix:///', 'unix:// URL'],
    ['unix:///run/redis.sock?dbb=2', 'did you mean "db"?'],
    ['redis://prod?database=3', '"database"; give "db"'],
    ['redis://prod?db=shop', '"db" to be the number of a database'],
    ['redis://prod?monitor=true', 'no "monitor"'],
  ])('the address %s is refused', (value, fault) => {
    expect(redisFault(value)).toContain(fault);
  });

  it.each<[unknown]>([
    ['redis://u:p%40%25@h:6379/3?db=3'],
    ['h?keyPrefix=a:'],
    [{ nodes: [7000, 'h:1', { host: 'h' }] }],
  ])('%j is taken', (value) => {
    expect(redisFault(value)).toBeUndefined();
  });
});

describe('options that ioredis does not know', () => {
  it('are named, wherever they stand', () => {
    expect(unknownRedisOptions({ host: 'h', maxmemory: 1 })).toEqual(['maxmemory']);
    const options = { redirects: 1, redisOptions: { maxmemory: 1 } };
    expect(unknownRedisOptions({ nodes: [{}], options })).toEqual([
      'options.redirects',
      'options.redisOptions.maxmemory',
    ]);
    expect(redisFault({ nodes: [{}], options })).toBeUndefined();
  });
});

describe('where a connection leads', () => {
  it.each<[string, () => Parameters<typeof describeRedis>[0], string, number]>([
    ['an address', () => 'prod', 'redis://prod', 0],
    ['a URL with credentials', () => 'rediss://u:p@prod:1/3', 'rediss://prod:1/3', 3],
    ['a URL with a query', () => 'redis://prod?db=4', 'redis://prod/4', 4],
    ['options', () => ({ host: 'prod', db: 2, password: 'p' }), 'redis://prod:6379/2', 2],
    ['nothing', () => ({}), 'redis://localhost:6379', 0],
    ['a socket', () => ({ path: '/s' }), '/s', 0],
    ['sentinels', () => ({ sentinels: [{ host: 's' }], name: 'main', db: 1 }), 'sentinel main/1', 1],
    ['a cluster', () => ({ nodes: [{ host: 'a' }, { host: 'b' }] }), 'cluster of 2 nodes', 0],
    ['a client', () => keep(new Redis('redis://:p@prod:1/3', lazy)), 'redis://prod:1/3 (your client)', 3],
    ['a client of a cluster', () => keep(new Cluster([{ host: 'a' }], lazy)), 'cluster of 1 nodes (your client)', 0],
  ])('%s', (_, connection, address, database) => {
    expect(describeRedis(connection())).toEqual({ address, database });
  });
});
