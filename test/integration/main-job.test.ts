import { randomUUID } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { MetricsService } from 'nestjs-prometheus-pushgateway';
import { backwardSteps, rawSamples } from '../support/raw-samples.js';
import { runNode } from '../support/run-node.js';
import { startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

const apps: App[] = [];
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack.stop());
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function app(options = optionsFor(stack)): Promise<App> {
  const started = await startApp(options);
  apps.push(started);
  return started;
}

/** Waits until Prometheus shows a value. */
async function reads(reader: App, query: string, expected: number): Promise<void> {
  let last: unknown;
  await waitFor(
    async () => {
      last = await reader.prometheus.query(query);
      return (last as { value: number }[])[0]?.value === expected;
    },
    { message: `${query} to read ${expected}` },
  );
  expect(last).toEqual([expect.objectContaining({ value: expected })]);
}

const orders = (metrics: MetricsService) =>
  metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });

describe('the main job, through real Redis, Pushgateway and Prometheus', () => {
  it('counts 5, pushes, reads 5; one more from another process, reads 6', async () => {
    const options = optionsFor(stack);
    const first = await app(options);
    orders(first.metrics).inc({ type: 'blue' }, 5);
    const result = await first.metrics.push();
    expect(result).toEqual({
      job: first.job,
      instance: 'test',
      gateway: stack.gateway.url,
      gateways: [stack.gateway.url],
      outcome: 'pushed',
      series: 1,
      bytes: expect.any(Number) as number,
      durationMs: expect.any(Number) as number,
    });
    const query = `orders_total{job="${first.job}",instance="test",type="blue"}`;
    await reads(first, query, 5);

    const second = await app(options);
    orders(second.metrics).inc({ type: 'blue' });
    await second.metrics.push();
    await reads(second, query, 6);
  });

  it('reads gauges, histograms and summaries of two processes back', async () => {
    const options = optionsFor(stack);
    const [one, two] = [await app(options), await app(options)];
    const define = ({ metrics }: App) => ({
      depth: metrics.gauge({ name: 'queue_depth', help: 'Depth' }),
      seconds: metrics.histogram({
        name: 'request_seconds',
        help: 'Time',
        labelNames: ['route'],
        buckets: [0.1, 1, 10],
      }),
      size: metrics.summary({ name: 'basket_size', help: 'Size', quantiles: [0.5, 0.9, 1] }),
    });
    const [a, b] = [define(one), define(two)];
    a.depth.set(-3.25);
    await one.metrics.flush();
    b.depth.inc(1.5);
    for (const value of [0.05, 0.1, 0.5]) a.seconds.observe({ route: '/a"b\\c\nd' }, value);
    for (const value of [2, 20]) b.seconds.observe({ route: '/a"b\\c\nd' }, value);
    for (let value = 1; value <= 1_000; value += 1) (value % 2 === 0 ? a : b).size.observe(value);
    await Promise.all([one.metrics.flush(), two.metrics.flush()]);
    expect((await one.metrics.push()).outcome).toBe('pushed');

    const at = `{job="${one.job}",instance="test"}`;
    await reads(one, `queue_depth${at}`, -1.75);
    const route = `route="/a\\"b\\\\c\\nd"`;
    // Prometheus 3 stores le="1.0" for le="1".
    const bound = (text: string): string => `=~"${text.replace('+', '[+]')}([.]0)?"`;
    const bucket = (le: string): string => `request_seconds_bucket{job="${one.job}",${route},le${bound(le)}}`;
    await reads(one, bucket('0.1'), 2);
    await reads(one, bucket('1'), 3);
    await reads(one, bucket('10'), 4);
    await reads(one, bucket('+Inf'), 5);
    await reads(one, `request_seconds_count{job="${one.job}",${route}}`, 5);
    await reads(one, `request_seconds_sum{job="${one.job}",${route}}`, 0.05 + 0.1 + 0.5 + 22);
    await reads(one, `basket_size_count${at}`, 1_000);
    await reads(one, `basket_size_sum${at}`, 500_500);
    for (const [quantile, exact] of [
      [0.5, 500],
      [0.9, 900],
      [1, 1_000],
    ] as const) {
      const [found] = await one.prometheus.query(`basket_size{job="${one.job}",quantile${bound(String(quantile))}}`);
      expect(Math.abs((found?.value ?? 0) - exact) / exact).toBeLessThan(0.012);
    }
  });

  it('keeps two jobs apart, and counts a metric of both in both', async () => {
    const jobs = [`shop-${randomUUID()}`, `payments-${randomUUID()}`] as const;
    const one = await app(optionsFor(stack, [...jobs]));
    one.metrics.counter({ name: 'clicks_total', help: 'Clicks' }).inc(2);
    one.metrics.counter({ name: 'payments_total', help: 'Payments', jobs: [jobs[1]] }).inc(3);
    one.metrics.counter({ name: 'errors_total', help: 'Errors', jobs }).inc(4);
    const results = await one.metrics.pushAll();
    expect(results.map(({ job, outcome, series }) => ({ job, outcome, series }))).toEqual([
      { job: jobs[0], outcome: 'pushed', series: 2 },
      { job: jobs[1], outcome: 'pushed', series: 2 },
    ]);
    await reads(one, `clicks_total{job="${jobs[0]}"}`, 2);
    await reads(one, `payments_total{job="${jobs[1]}"}`, 3);
    await reads(one, `sum(errors_total{job=~"${jobs.join('|')}"})`, 8);
    expect(await one.prometheus.query(`clicks_total{job="${jobs[1]}"}`)).toEqual([]);
    expect(await one.prometheus.query(`payments_total{job="${jobs[0]}"}`)).toEqual([]);
  });

  it('adds to a group with pushAdd, replaces it with push, removes it with delete', async () => {
    const one = await app();
    const body = 'left_over 1\n';
    const groupUrl = `${stack.gateway.url}/metrics/job/${one.job}/instance/test`;
    await fetch(groupUrl, { method: 'PUT', body });
    orders(one.metrics).inc({ type: 'blue' }, 5);
    const onGateway = async (): Promise<string[]> => {
      const text = await (await fetch(`${stack.gateway.url}/metrics`)).text();
      return text.split('\n').filter((line) => line.includes(`job="${one.job}"`) && !line.startsWith('push_'));
    };
    expect((await one.metrics.pushAdd()).outcome).toBe('pushed');
    expect(await onGateway()).toEqual([
      `left_over{instance="test",job="${one.job}"} 1`,
      `orders_total{instance="test",job="${one.job}",type="blue"} 5`,
    ]);
    expect((await one.metrics.push()).outcome).toBe('pushed');
    expect(await onGateway()).toEqual([`orders_total{instance="test",job="${one.job}",type="blue"} 5`]);
    expect((await one.metrics.delete()).outcome).toBe('pushed');
    await waitFor(async () => (await onGateway()).length === 0, { message: 'the group to be gone' });
    expect(await onGateway()).toEqual([]);
  });

  it('counts a million in four processes while a fifth pushes every second: exact, and never a step back', async () => {
    const options = optionsFor(stack);
    const pusher = await app({ ...options, autoPush: { everyMs: 1_000 } });
    const counters = [1, 2, 3, 4].map(() =>
      runNode('test/support/processes/count.js', [JSON.stringify(options), '250000']),
    );
    for (const { done } of counters) expect(await done).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const series = `orders_total{job="${pusher.job}",type="blue"}`;
    await reads(pusher, series, 1_000_000);
    const samples = await rawSamples(stack.prometheus, series);
    expect(samples.length).toBeGreaterThan(1);
    expect(backwardSteps(samples)).toBe(0);
    expect(samples.at(-1)).toBe(1_000_000);
  });

  it('loses no increment to pushes and flushes that run at the same time', async () => {
    const options = optionsFor(stack);
    const [one, two] = [await app(options), await app(options)];
    const [mine, theirs] = [orders(one.metrics).labels('blue'), orders(two.metrics).labels('blue')];
    mine.inc(1_000_000);
    await one.metrics.clear();
    let made = 0;
    const end = Date.now() + 1_500;
    const counting = async (): Promise<void> => {
      while (Date.now() < end) {
        mine.inc();
        theirs.inc();
        made += 2;
        await yieldToOthers();
      }
    };
    const pushing = async (): Promise<void> => {
      while (Date.now() < end) expect((await one.metrics.push()).outcome).toBe('pushed');
    };
    await Promise.all([counting(), pushing()]);
    // What this process counted before a clear is forgotten, what it counts from the call on is kept.
    await two.metrics.flush();
    await one.metrics.flush();
    const [{ value } = { value: 0 }] = (await orders(one.metrics).get()).values;
    expect(value).toBe(made);
    mine.inc(7);
    const clearing = one.metrics.clear();
    mine.inc(5);
    await clearing;
    await one.metrics.flush();
    expect((await orders(one.metrics).get()).values).toEqual([
      { metricName: 'orders_total', labels: { type: 'blue' }, value: 5 },
    ]);
  });
});
