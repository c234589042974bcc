import { Redis } from 'ioredis';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { startRedis, type RunningServer } from '../support/servers.js';
import { describeAnnouncements, describeSharedAnnouncements } from './announcements.conformance.js';
import { describeStore } from './store.conformance.js';

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

describeStore('RedisStore', (seriesTtlMs) => new RedisStore(redis.address, 'test', ttl(seriesTtlMs)));

describeStore("RedisStore with a client of the user's that prefixes keys and maps replies", (seriesTtlMs) => {
  const client = new Redis({ port: redis.port, keyPrefix: 'mine:', replyMapping: 'resp3' }) as unknown as Redis;
  clients.push(client);
  return new RedisStore(client, 'test', ttl(seriesTtlMs));
});

const announcing = { announces: true };
describeAnnouncements('RedisStore', () => new RedisStore(redis.address, 'test', announcing));

describeAnnouncements("RedisStore with a client of the user's that prefixes keys", () => {
  const client = new Redis({ port: redis.port, keyPrefix: 'mine:' });
  clients.push(client);
  return new RedisStore(client, 'test', announcing);
});

describeSharedAnnouncements('RedisStore', () => [
  new RedisStore(redis.address, 'test', announcing),
  new RedisStore(redis.address, 'test'),
]);
