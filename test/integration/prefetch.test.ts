import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Counter, PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { freePort, type RunningServer, startPrometheus, startRedis } from '../support/servers.js';
import { backwardSteps, rawSamples } from '../support/raw-samples.js';
import { scrapeConfig, startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

let stack: Stack;
let redis: RunningServer;
let knife: Redis;
const apps: App[] = [];

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack.stop());
beforeEach(async () => {
  // One a test: it is emptied.
  redis = await startRedis();
  knife = new Redis({ port: redis.port });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(apps.splice(0).map((app) => app.close()));
  knife.disconnect();
  await redis.stop();
});

type Options = PrometheusPushgatewayModuleOptions;

const optionsOf = (prometheus: Pick<RunningServer, 'address'> = stack.prometheus): Options =>
  optionsFor({ ...stack, redis, prometheus: prometheus as RunningServer });

async function app(options: Options): Promise<App & { orders: Counter<'type'> }> {
  const started = await startApp(options);
  apps.push(started);
  const orders = started.metrics.counter({
    name: 'orders_total',
    help: 'Orders',
    labelNames: ['type'],
    prefetch: true,
  });
  return { ...started, orders };
}

const seriesOf = ({ prometheus }: Options): string => `orders_total{job="${prometheus.jobs[0] ?? ''}"}`;

async function reads({ prometheus }: App, query: string, expected: number): Promise<void> {
  let last: unknown;
  await waitFor(
    async () => {
      last = (await prometheus.query(query))[0]?.value;
      return last === expected;
    },
    { message: `${query} to read ${expected}` },
  );
  expect(last).toBe(expected);
}

/** Until every family went over: a push made before Prometheus' next scrape holds restored ones back. */
async function pushed({ metrics }: App): Promise<void> {
  const result = await waitFor(async () => {
    const { outcome, reason } = await metrics.push();
    return outcome === 'pushed' && reason === undefined && { outcome };
  });
  expect(result).toEqual({ outcome: 'pushed' });
}

describe('a counter with prefetch', () => {
  it('goes on after Redis was emptied: 3, one more, 4; and never steps back', async () => {
    const options = optionsOf();
    const one = await app(options);
    one.orders.inc({ type: 'blue' }, 2);
    one.orders.inc({ type: 'a"b\\c\nd' });
    await pushed(one);
    await reads(one, `sum(${seriesOf(options)})`, 3);

    await knife.flushall();
    const two = await app(options);
    two.orders.inc({ type: 'blue' });
    await pushed(two);
    await reads(two, `sum(${seriesOf(options)})`, 4);
    expect((await two.orders.get()).values).toEqual(
      expect.arrayContaining([
        { metricName: 'orders_total', labels: { type: 'blue' }, value: 3 },
        { metricName: 'orders_total', labels: { type: 'a"b\\c\nd' }, value: 1 },
      ]),
    );
    const blue = await rawSamples(stack.prometheus, `orders_total{job="${one.job}",type="blue"}`);
    expect(backwardSteps(blue)).toBe(0);
  });

  it('waits for what the gateway has and Prometheus has not scraped yet', async () => {
    const options = optionsOf();
    const one = await app(options);
    one.orders.inc({ type: 'blue' }, 3);
    await pushed(one);
    await reads(one, seriesOf(options), 3);
    one.orders.inc({ type: 'blue' }, 100);
    await pushed(one);
    // At once: most likely before the next scrape.
    await knife.flushall();
    one.orders.inc({ type: 'blue' });
    await pushed(one);
    await reads(one, seriesOf(options), 104);
    expect(backwardSteps(await rawSamples(stack.prometheus, seriesOf(options)))).toBe(0);
  });

  it('is restored once by many replicas, that count meanwhile', async () => {
    const options = optionsOf();
    const replicas = [await app(options), await app(options), await app(options)];
    const first = replicas[0] as App;
    replicas.forEach(({ orders }) => {
      orders.inc({ type: 'blue' }, 10);
    });
    await Promise.all(replicas.map(({ metrics }) => metrics.flush()));
    await pushed(first);
    await reads(first, seriesOf(options), 30);

    await knife.flushall();
    const counting = replicas.map(async (replica) => {
      for (let made = 0; made < 50; made += 1) {
        replica.orders.inc({ type: 'blue' });
        if (made % 10 === 0) await replica.metrics.push();
      }
      await replica.metrics.flush();
    });
    await Promise.all(counting);
    await pushed(first);
    await reads(first, seriesOf(options), 180);
    expect(backwardSteps(await rawSamples(stack.prometheus, seriesOf(options)))).toBe(0);
  });

  it('that was forgotten with clear() begins at 0', async () => {
    const options = optionsOf();
    const one = await app(options);
    one.orders.inc({ type: 'blue' }, 3);
    await pushed(one);
    await reads(one, seriesOf(options), 3);
    await one.metrics.clear();
    const two = await app(options);
    two.orders.inc({ type: 'blue' });
    await pushed(two);
    await reads(two, seriesOf(options), 1);
    expect(await two.metrics.text()).toContain('orders_total{type="blue"} 1\n');
  });

  it('restores only series that have prefetchGroupLabel', async () => {
    const options = optionsOf();
    const define = ({ metrics }: App) =>
      metrics.counter({
        name: 'calls_total',
        help: 'Calls',
        labelNames: ['route', 'type'],
        prefetchGroupLabel: 'route',
      });
    const one = await app(options);
    define(one).inc({ route: '/', type: 'a' }, 2);
    define(one).inc({ route: '', type: 'a' }, 5);
    await pushed(one);
    const calls = `sum(calls_total{job="${one.job}"})`;
    await reads(one, calls, 7);
    await knife.flushall();
    const two = await app(options);
    define(two).inc({ route: '/', type: 'a' });
    await pushed(two);
    await reads(two, calls, 3);
    expect(await two.metrics.text()).not.toContain('route=""');
  });

  it('counts while Prometheus is down, holds its value on the gateway, and is restored when it answers', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const logged = jest.spyOn(Logger.prototype, 'log').mockImplementation();
    const port = await freePort();
    const options = optionsOf({ address: `127.0.0.1:${port}` });
    const earlier = await startApp({ ...options, prometheus: { ...options.prometheus } });
    apps.push(earlier);
    earlier.metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] }).inc({ type: 'blue' }, 3);
    await earlier.metrics.push();
    await knife.flushall();

    const one = await app(options);
    one.metrics.gauge({ name: 'depth', help: 'Depth' }).set(7);
    one.orders.inc({ type: 'blue' });
    const result = await one.metrics.push();
    expect(result).toMatchObject({ outcome: 'pushed', series: 1 });
    expect(result.reason).toBe('held back until Prometheus has told their values: orders_total');
    await one.metrics.push();
    const text = await (await fetch(`${stack.gateway.url}/metrics`)).text();
    expect(text).toContain(`orders_total{instance="test",job="${one.job}",type="blue"} 3\n`);
    expect(text).toContain(`depth{instance="test",job="${one.job}"} 7\n`);
    expect(warned.mock.calls.map(([line]: unknown[]) => line)).toEqual([
      'Counters with prefetch are counted, but not pushed until Prometheus has told their values: ' +
        `Prometheus http://127.0.0.1:${port} unreachable: connect ECONNREFUSED 127.0.0.1:${port}`,
    ]);

    const prometheus = await startPrometheus({ port, config: scrapeConfig([stack.gateway.address]) });
    try {
      one.orders.inc({ type: 'blue' });
      await pushed(one);
      await reads(one, seriesOf(options), 5);
      expect(logged).toHaveBeenCalledWith(`Prometheus http://127.0.0.1:${port} answers again`);
    } finally {
      await prometheus.stop();
    }
  });

  it('comes back from a Prometheus that has lost sight of the group', async () => {
    const options = optionsOf();
    const one = await app(options);
    one.orders.inc({ type: 'blue' }, 3);
    await pushed(one);
    await reads(one, seriesOf(options), 3);
    await one.metrics.delete();
    await waitFor(async () => (await one.prometheus.query(seriesOf(options))).length === 0, {
      message: 'the series to end',
    });
    await knife.flushall();
    one.orders.inc({ type: 'blue' });
    await pushed(one);
    await reads(one, seriesOf(options), 4);
  });
});

describe('Redis that comes back older than it was', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'older-redis-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Takes Redis back to its snapshot. */
  async function rollBack(): Promise<void> {
    redis.kill('SIGKILL');
    await redis.exited;
    redis = await startRedis({ port: redis.port, dir: folder });
  }

  it.each([true, false])('takes no counter back, whether or not anybody counts since (%p)', async (counts) => {
    const told = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    await redis.stop();
    redis = await startRedis({ dir: folder });
    const options = optionsOf();
    const one = await app(options);
    const depth = one.metrics.gauge({ name: 'depth', help: 'Depth' });
    depth.set(7);
    one.orders.inc({ type: 'blue' }, 10_050);
    one.orders.inc({ type: 'quiet' }, 5);
    await pushed(one);
    const own = new Redis({ port: redis.port });
    await own.save();
    own.disconnect();
    one.orders.inc({ type: 'blue' }, 450);
    await pushed(one);
    await reads(one, `sum(${seriesOf(options)})`, 10_505);

    await rollBack();
    const more = counts ? 3 : 0;
    if (counts) one.orders.inc({ type: 'blue' }, more);
    await pushed(one);
    await reads(one, `sum(${seriesOf(options)})`, 10_505 + more);
    const blue = await rawSamples(stack.prometheus, `orders_total{job="${one.job}",type="blue"}`);
    expect(backwardSteps(blue)).toBe(0);
    expect((await one.orders.get()).values).toContainEqual({
      metricName: 'orders_total',
      labels: { type: 'blue' },
      value: 10_500 + more,
    });
    const lines = told.mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes('has lost what it had of job'))).toHaveLength(1);
    told.mockRestore();
  });
});
