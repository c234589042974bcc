import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { startRedis, type RunningServer } from '../support/servers.js';
import { describeStore } from './store.conformance.js';

let redis: RunningServer;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describeStore('RedisStore', () => new RedisStore(redis.address, 'test'));
