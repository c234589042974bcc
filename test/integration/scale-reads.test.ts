import { Cluster, Redis } from 'ioredis';
import { groupKeys } from '../../lib/store/redis/connection/keys.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RedisCluster, type RunningServer, startPushgateway, startRedisCluster } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { optionsFor, startApp } from './app.js';

let cluster: RedisCluster;
let gateway: RunningServer;

beforeAll(async () => {
  [cluster, gateway] = await Promise.all([startRedisCluster({ masters: 3, replicas: 1 }), startPushgateway()]);
}, 60_000);
afterAll(() => Promise.all([cluster.stop(), gateway.stop()]));

/** Runs a command at one server, whatever the cluster thinks of it. */
async function at<T>({ port }: RunningServer, command: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ port });
  try {
    return await command(client);
  } finally {
    client.disconnect();
  }
}

/** Replicas answer from what they had, and get nothing new. */
async function stopFollowing(replicas: readonly RunningServer[]): Promise<void> {
  for (const replica of replicas) {
    await at(replica, async (client) => {
      await client.config('SET', 'masteruser', 'nobody', 'masterauth', 'wrong');
      await client.call('CLIENT', 'KILL', 'TYPE', 'master');
      await waitFor(async () => (await client.info('replication')).includes('master_link_status:down'), {
        message: 'the replica to have lost its master',
      });
    });
  }
}

async function follow(replicas: readonly RunningServer[]): Promise<void> {
  for (const replica of replicas)
    await at(replica, (client) => client.config('SET', 'masteruser', '', 'masterauth', ''));
}

/** Commands that read, by name, that a server has run since its statistics were reset. */
async function readsOf(server: RunningServer): Promise<string[]> {
  const stats = await at(server, (client) => client.info('commandstats'));
  const names = [...stats.matchAll(/^cmdstat_([a-z|]+):/gm)].map(([, name]) => name as string);
  const reading =
    /^(h?m?get(all)?|hscan|hkeys|hvals|hlen|hexists|exists|strlen|s(members|card|scan)|z(range|card|score|scan).*|eval.*|fcall.*|type|ttl|time)$/;
  return names.filter((name) => reading.test(name));
}

describe.each(['slave', 'all', 'a function'] as const)('a client with scaleReads: %s, its replicas lagging', (role) => {
  it('pushes and reads what masters have, and the doctor asks masters', async () => {
    const job = `job-${role}`;
    const [key] = groupKeys('prometheus_pushgateway', { job, instance: 'test', labels: {} });
    const masters = await cluster.masters();
    const replicas = (await Promise.all(masters.map((master) => cluster.replicasOf(master)))).flat();
    const client = new Cluster([...cluster.nodes], {
      scaleReads: role === 'a function' ? (nodes: Redis[]) => nodes.at(-1) as Redis : role,
      enableAutoPipelining: true,
      slotsRefreshInterval: 50,
    });
    const base = optionsFor({ redis: gateway, gateway, prometheus: gateway }, [job]);
    const app = await startApp({ ...base, pushgateway: { ...base.pushgateway, redis: client } });
    try {
      app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
      await app.metrics.flush();
      // A replica without data is unknown until its master's first ping, which comes every 10 s.
      await waitFor(() => client.nodes('slave').length === replicas.length, {
        message: 'the client to know replicas',
        timeoutMs: 40_000,
      });
      await stopFollowing(replicas);
      await Promise.all(replicas.map((replica) => at(replica, (one) => one.config('RESETSTAT'))));

      app.metrics.counter({ name: 'refunds_total', help: 'Refunds' }).inc(3);
      app.metrics.histogram({ name: 'sizes', help: 'Sizes', buckets: [1] }).observe(2);
      app.metrics.summary({ name: 'spans', help: 'Spans', maxAgeSeconds: 60 }).observe(2);
      expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed', series: 4 });
      const text = await (await fetch(`http://${gateway.address}/metrics`)).text();
      const inJob = `instance="test",job="${job}"`;
      expect(text).toContain(`orders_total{${inJob}} 5\n`);
      expect(text).toContain(`refunds_total{${inJob}} 3\n`);
      expect(await app.metrics.text()).toContain('refunds_total 3\n');
      expect(await app.metrics.status()).toMatchObject([{ job, pushedAt: expect.any(Date) }]);

      const facts = await new RedisStore(client, 'prometheus_pushgateway').diagnose();
      expect(facts.map(({ address }) => address).sort()).toEqual(
        masters.map(({ address }) => `redis://${address}`).sort(),
      );
      expect(facts.every(({ refusesWrites }) => refusesWrites === false)).toBe(true);
      expect(await Promise.all(replicas.map(readsOf))).toEqual(replicas.map(() => []));
      // What a plain read would have seen.
      const [replica] = await cluster.replicasOf(await cluster.masterOf(key));
      const names = await at(replica as RunningServer, async (one) => {
        await one.readonly();
        return one.hkeys(key);
      });
      expect(names).not.toContain('refunds_total');
    } finally {
      await app.close();
      client.disconnect();
      await follow(replicas);
    }
  });
});
