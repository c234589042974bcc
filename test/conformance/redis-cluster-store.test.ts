import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RedisCluster, startRedisCluster } from '../support/servers.js';
import { describeStore } from './store.conformance.js';

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

const ttl = (seriesTtlMs?: number) => (seriesTtlMs === undefined ? {} : { seriesTtlMs });

describeStore(
  'RedisStore on a cluster',
  (seriesTtlMs) => new RedisStore({ nodes: [...cluster.nodes] }, 'test', ttl(seriesTtlMs)),
);

describeStore(
  'RedisStore on a cluster, each batch confirmed by a replica',
  (seriesTtlMs) => new RedisStore({ nodes: [...cluster.nodes] }, 'test', { waitForReplicas: 1, ...ttl(seriesTtlMs) }),
);
