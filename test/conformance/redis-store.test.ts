import { Redis } from 'ioredis';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { startRedis, type RunningServer } from '../support/servers.js';
import { describeAnnouncements, describeSharedAnnouncements } from './announcements.conformance.js';
import { describeShapes } from './shapes.conformance.js';
import { describeStore } from './store.conformance.js';
import { writeFormat } from './write-format.js';

let redis: RunningServer;
const clients: Redis[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await redis.stop();
});

const ttl = (seriesTtlMs?: number) => (seriesTtlMs === undefined ? {} : { seriesTtlMs });

/** A client of the test's own. */
function connect(options: object = {}): Redis {
  const client = new Redis({ port: redis.port, ...options });
  clients.push(client);
  return client;
}

describeStore('RedisStore', {
  create: (seriesTtlMs) => new RedisStore(redis.address, 'test', ttl(seriesTtlMs)),
  writeFormat: (group, format) => writeFormat(connect(), group, format),
});

describeStore("RedisStore with a client of the user's that prefixes keys and maps replies", {
  create: (seriesTtlMs) =>
    new RedisStore(connect({ keyPrefix: 'mine:', replyMapping: 'resp3' }), 'test', ttl(seriesTtlMs)),
  writeFormat: (group, format) => writeFormat(connect({ keyPrefix: 'mine:' }), group, format),
});

describeShapes('RedisStore', () => new RedisStore(redis.address, 'test'));

const announcing = { announces: true };
describeAnnouncements('RedisStore', () => new RedisStore(redis.address, 'test', announcing));

describeAnnouncements("RedisStore with a client of the user's that prefixes keys", () => {
  return new RedisStore(connect({ keyPrefix: 'mine:' }), 'test', announcing);
});

describeSharedAnnouncements('RedisStore', () => [
  new RedisStore(redis.address, 'test', announcing),
  new RedisStore(redis.address, 'test'),
]);
