import { type MetricsEvent, MetricsEvents } from 'nestjs-prometheus-pushgateway';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';

let redis: RunningServer;
let gateways: RunningServer[];
const apps: App[] = [];

beforeAll(async () => {
  [redis, ...gateways] = await Promise.all([startRedis(), startPushgateway(), startPushgateway()]);
});
afterAll(async () => {
  redis.kill('SIGCONT');
  await Promise.all(apps.map((app) => app.close()));
  await Promise.all([redis, ...gateways].map((server) => server.stop()));
});

async function start(job: string): Promise<{ app: App; seen: MetricsEvent[] }> {
  const app = await startApp({
    prometheus: { host: 'localhost:1', jobs: [job] },
    pushgateway: {
      host: gateways.map(({ address }) => address),
      redis: redis.address,
      flushIntervalMs: 20,
      timeoutMs: 1_000,
    },
    ...{ autoPush: false, selfMetrics: true },
  });
  apps.push(app);
  const seen: MetricsEvent[] = [];
  app.context.get(MetricsEvents).subscribe((event) => seen.push(event));
  return { app, seen };
}

function types(seen: readonly MetricsEvent[]): string[] {
  return seen.map((event) => (event.type === 'recovered' ? `recovered from ${event.from}` : event.type));
}

async function shown(job: string, name: string): Promise<number[]> {
  const texts = await Promise.all(
    gateways.map(async ({ url }) => (await fetch(`${url}/metrics`)).text().catch(() => '')),
  );
  const lines = texts.join('\n').split('\n');
  const ours = lines.filter((line) => line.startsWith(name) && line.includes(`job="${job}"`));
  return ours.map((line) => Number(/ (\S+)$/.exec(line)?.[1]));
}

describe('events and self-metrics, with real servers', () => {
  it('say that Redis is away and comes back, what pushes cost, and which versions run', async () => {
    const job = 'freezes';
    const { app, seen } = await start(job);
    const orders = app.metrics.counter({ name: 'orders_total', help: 'Orders' });
    orders.inc();
    const first = await app.metrics.push();
    expect(seen.map(({ type, group }) => ({ type, group }))).toEqual([
      { type: 'pushed', group: { job, instance: 'localhost', labels: {} } },
    ]);

    redis.kill('SIGSTOP');
    orders.inc();
    await waitFor(() => types(seen).includes('delayed'), { message: 'the store to be missed' });
    expect(seen[1]).toMatchObject({ by: 'store', address: expect.stringContaining(redis.address) });
    expect((await app.metrics.push()).outcome).toBe('failed');
    redis.kill('SIGCONT');
    await waitFor(() => types(seen).includes('recovered from delayed'), { message: 'the store to answer' });
    const second = await app.metrics.push();
    expect(types(seen)).toEqual([
      ...['pushed', 'delayed', 'failed', 'recovered from delayed', 'pushed', 'recovered from failed'],
    ]);
    const third = await app.metrics.push();

    // What a push is like is shown by the next one.
    expect(third.outcome).toBe('pushed');
    expect(await shown(job, 'pushgateway_client_pushed_bytes_total')).toEqual([first.bytes + second.bytes]);
    const durations = 'pushgateway_client_push_duration_seconds';
    expect(await shown(job, `${durations}_count`)).toEqual([1, 2]);
    const [errors] = await shown(job, 'pushgateway_client_store_errors_total');
    expect(errors).toBeGreaterThanOrEqual(1);
    expect(await shown(job, 'pushgateway_client_build_info')).toEqual([1]);
    expect(await shown(job, 'pushgateway_client_pending_updates')).toHaveLength(1);
    // The change that waited for the frozen Redis.
    expect((await shown(job, 'pushgateway_client_flush_lag_seconds'))[0]).toBeGreaterThan(0.2);
  }, 60_000);

  it('say that definitions clash', async () => {
    const [one, other] = await Promise.all([start('clash'), start('clash')]);
    one.app.metrics.counter({ name: 'depth', help: 'Depth' }).inc();
    await one.app.metrics.push();
    other.app.metrics.gauge({ name: 'depth', help: 'Depth' }).set(2);
    await waitFor(() => types(other.seen).includes('clashed'), { message: 'the clash to be told' });
    expect(other.seen.find(({ type }) => type === 'clashed')).toMatchObject({ metric: 'depth', shape: 'gauge' });
    expect(types(one.seen)).toEqual(['pushed']);
  }, 60_000);

  it('say that a group moves', async () => {
    const { app, seen } = await start('moves');
    app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc();
    const { gateway } = await app.metrics.push();
    const holder = gateways.find(({ address }) => gateway.includes(address)) as RunningServer;
    const spare = gateways.find((one) => one !== holder) as RunningServer;
    holder.kill('SIGKILL');
    await holder.exited;
    await waitFor(async () => (await app.metrics.push()).outcome === 'pushed', {
      timeoutMs: 60_000,
      message: 'the group to move',
    });
    expect(seen.find(({ type }) => type === 'moved')).toMatchObject({
      from: expect.stringContaining(holder.address),
      to: expect.stringContaining(spare.address),
    });
  }, 90_000);
});
