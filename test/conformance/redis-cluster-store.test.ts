import { Cluster } from 'ioredis';
import type { Group } from '../../lib/model/index.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RedisCluster, startRedisCluster } from '../support/servers.js';
import { describeStore } from './store.conformance.js';
import { writeFormat } from './write-format.js';

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

const ttl = (seriesTtlMs?: number) => (seriesTtlMs === undefined ? {} : { seriesTtlMs });

const inCluster = async (group: Group, format: string): Promise<void> => {
  const client = new Cluster([...cluster.nodes]);
  try {
    await writeFormat(client, group, format);
  } finally {
    client.disconnect();
  }
};

describeStore('RedisStore on a cluster', {
  create: (seriesTtlMs) => new RedisStore({ nodes: [...cluster.nodes] }, 'test', ttl(seriesTtlMs)),
  writeFormat: inCluster,
});

describeStore('RedisStore on a cluster, each batch confirmed by a replica', {
  create: (seriesTtlMs) =>
    new RedisStore({ nodes: [...cluster.nodes] }, 'test', { waitForReplicas: 1, ...ttl(seriesTtlMs) }),
  writeFormat: inCluster,
});
