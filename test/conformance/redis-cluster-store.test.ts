import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RedisCluster, startRedisCluster } from '../support/servers.js';
import { describeStore } from './store.conformance.js';

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

describeStore('RedisStore on a cluster', () => new RedisStore({ nodes: [...cluster.nodes] }, 'test'));

describeStore(
  'RedisStore on a cluster, each batch confirmed by a replica',
  () => new RedisStore({ nodes: [...cluster.nodes] }, 'test', { waitForReplicas: 1 }),
);
