import type { MetricsService } from 'nestjs-prometheus-pushgateway';
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
});
