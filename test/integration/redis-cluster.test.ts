import { Cluster } from 'ioredis';
import { groupKeys } from '../../lib/store/redis/connection/keys.js';
import type { RedisConnection } from '../../lib/options/index.js';
import { type RedisCluster, type RunningServer, startPushgateway, startRedisCluster } from '../support/servers.js';
import { optionsFor, startApp } from './app.js';
import { failOverCutOff, killMaster, type Servers } from './failover.js';
import { withoutMade, Writers } from './writers.js';

let cluster: RedisCluster;
let gateway: RunningServer;
let writers: Writers;
let connection: { nodes: { host: string; port: number }[] };

beforeEach(async () => {
  cluster = await startRedisCluster({ replicas: 2 });
  connection = { nodes: [...cluster.nodes] };
  writers = new Writers();
}, 60_000);
afterEach(async () => {
  await writers.kill();
  await cluster.stop();
});
beforeAll(async () => {
  gateway = await startPushgateway();
});
afterAll(() => gateway.stop());

const keyOf = (job: string): string => groupKeys('prometheus_pushgateway', { job, instance: 'test', labels: {} })[0];

async function serversOf(job: string): Promise<Servers> {
  const master = await cluster.masterOf(keyOf(job));
  return { master, replicas: await cluster.replicasOf(master) };
}

describe('Redis Cluster', () => {
  it.each<[string, () => { redis: RedisConnection; end: () => void }]>([
    ['its nodes', () => ({ redis: connection, end: () => undefined })],
    [
      'a client of the user',
      () => {
        const client = new Cluster(connection.nodes);
        return {
          redis: client,
          end: () => {
            client.disconnect();
          },
        };
      },
    ],
  ])('keeps jobs on different masters and pushes each, given %s', async (_, open) => {
    const { redis, end } = open();
    const jobs = Array.from({ length: 12 }, (_unused, at) => `job-${at}`);
    const base = optionsFor({ redis: gateway, gateway, prometheus: gateway }, jobs);
    const app = await startApp({ ...base, pushgateway: { ...base.pushgateway, redis } });
    try {
      const orders = app.metrics.counter({ name: 'orders_total', help: 'Orders', jobs });
      orders.inc(5);
      const results = await app.metrics.pushAll();
      expect(results.map(({ outcome, series }) => [outcome, series])).toEqual(jobs.map(() => ['pushed', 1]));
      const masters = await Promise.all(jobs.map(async (job) => (await cluster.masterOf(keyOf(job))).port));
      expect(new Set(masters).size).toBe(3);
      for (const job of jobs) expect(await app.metrics.text(job)).toContain('orders_total 5\n');
    } finally {
      await app.close();
      end();
    }
  });

  it('moves a slot while a process counts: nothing is lost, nothing comes twice', async () => {
    const writer = await writers.start(connection);
    await writer.counts(5_000);
    await writer.ask('flush', 'flushed');
    const from = await cluster.masterOf(keyOf(writers.job));
    const to = (await cluster.masters()).find(({ port }) => port !== from.port) as RunningServer;
    await cluster.moveSlot(keyOf(writers.job), to, async () => {
      await writer.counts(5_000);
    });
    expect((await cluster.masterOf(keyOf(writers.job))).port).toBe(to.port);
    await writer.counts(5_000);
    await writer.ask('flush', 'flushed');
    // While half of the keys have moved, no script may run on either half.
    await cluster.moveSlot(keyOf(writers.job), from, async () => {
      expect((await writer.next('line')).line).toMatch(/TRYAGAIN|ASK|MOVED/);
    });
    const { tally, lines } = await writer.finish();
    expect(await writers.stored(connection)).toEqual(withoutMade(tally));
    expect(lines).toHaveLength(2);
  });

  it('loses a master: what it alone had acknowledged is lost, what it had not arrives once', async () => {
    const outcome = await failOverCutOff(writers, connection, await serversOf(writers.job), 0);
    console.log(
      `lost with replicas cut off: ${outcome.lost}; acknowledged by the master alone: ${outcome.acknowledgedAlone}`,
    );
    expect(outcome).toMatchObject({ hasTooMuch: false });
    expect(outcome.lines).toEqual([
      expect.stringMatching(/^warn: /),
      expect.stringMatching(/^log: .* answers again/),
      expect.stringMatching(
        /^error: .* has lost what it had of job "job-[-0-9a-f]+" \(the last \d+ batches of this process\)/,
      ),
    ]);
    expect(outcome.acknowledgedAlone).toBeGreaterThan(0);
    expect(outcome.lost).toBeGreaterThanOrEqual(outcome.acknowledgedAlone);
    expect(outcome.lost).toBeLessThanOrEqual(outcome.atRisk);
  });

  it('loses a master, and no increment with waitForReplicas', async () => {
    const outcome = await failOverCutOff(writers, connection, await serversOf(writers.job), 1);
    expect(outcome).toMatchObject({ hasTooMuch: false, lost: 0 });
    expect(outcome.atRisk).toBeGreaterThan(0);
    expect(outcome.lines).toEqual([
      expect.stringContaining('expected 1 replicas to have a batch (pushgateway.waitForReplicas), got 0 in 1000 ms'),
      expect.stringContaining('answers again'),
    ]);
  });

  it('loses a master killed (-9) under load', async () => {
    const outcome = await killMaster(writers, connection, await serversOf(writers.job));
    console.log(`lost in a failover of Redis Cluster: ${outcome.lost} of ${outcome.counted}`);
    expect(outcome.hasTooMuch).toBe(false);
    expect(outcome.lost).toBeGreaterThanOrEqual(0);
    expect(outcome.lost).toBeLessThanOrEqual(outcome.atRisk);
  });
});
