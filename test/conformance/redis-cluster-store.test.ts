import { Cluster } from 'ioredis';
import type { Group } from '../../lib/model/index.js';
import { groupKeys } from '../../lib/store/redis/connection/keys.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RedisCluster, startRedisCluster } from '../support/servers.js';
import { describeProcesses } from './processes.conformance.js';
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

describeProcesses('RedisStore on a cluster', () => {
  const silence = async (group: Group, process: string, ms: number): Promise<void> => {
    const client = new Cluster([...cluster.nodes]);
    const at = String(Date.now() - ms);
    try {
      await client.zadd(`${groupKeys('test', group)[1]}processes`, at, process, at, '#since');
    } finally {
      client.disconnect();
    }
  };
  return { store: new RedisStore({ nodes: [...cluster.nodes] }, 'test'), times: { silence } };
});

describeStore('RedisStore on a cluster, each batch confirmed by a replica', {
  create: (seriesTtlMs) =>
    new RedisStore({ nodes: [...cluster.nodes] }, 'test', { waitForReplicas: 1, ...ttl(seriesTtlMs) }),
  writeFormat: inCluster,
});
