import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { definitionShape, resolveDefinition } from '../../lib/model/index.js';
import { groupKeys } from '../../lib/store/redis/connection/keys.js';
import { startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

const DAY_MS = 24 * 3_600_000;

let stack: Stack;
let redis: Redis;
const apps: App[] = [];

beforeAll(async () => {
  stack = await startStack();
  redis = new Redis(`redis://${stack.redis.address}`);
}, 60_000);
afterAll(async () => {
  redis.disconnect();
  await stack.stop();
});
beforeEach(() => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** A version of the application, with its buckets. */
async function version(options: ReturnType<typeof optionsFor>, buckets: number[]) {
  const app = await startApp(options);
  apps.push(app);
  const seconds = app.metrics.histogram({ name: 'seconds', help: 'Seconds', buckets });
  const orders = app.metrics.counter({ name: 'orders_total', help: 'Orders' });
  await app.metrics.flush();
  return { ...app, seconds, orders };
}

/** As if living processes had last said so long ago that they define `seconds` with these buckets. */
async function silentFor({ options, job }: App, buckets: number[], ms: number): Promise<void> {
  const shape = definitionShape(resolveDefinition({ name: 'seconds', help: 'x', type: 'histogram', buckets }));
  const [, base] = groupKeys('prometheus_pushgateway', {
    job,
    instance: options.prometheus.instance ?? '',
    labels: {},
  });
  const moved = await redis.eval(
    `local field = 'seconds@' .. redis.sha1hex(ARGV[1])
     local said, replaced = string.match(redis.call('HGET', KEYS[1], field), '^(%d+):(%d+)$')
     return redis.call('HSET', KEYS[1], field, string.format('%.0f:%s', said - ARGV[2], replaced))`,
    1,
    `${base}shapes`,
    shape,
    ms,
  );
  expect(moved).toBe(0);
}

const onGateway = async ({ job }: App): Promise<string> => {
  const response = await fetch(`http://${stack.gateway.address}/metrics`);
  return (await response.text())
    .split('\n')
    .filter((line) => /^(seconds|orders)/.test(line) && line.includes(`job="${job}"`))
    .map((line) => line.replace(/instance="[^"]*",job="[^"]*",?/, '').replace('{}', ''))
    .join('\n');
};

describe('a deploy that changes the buckets of a histogram', () => {
  it('loses nothing of what the new version counts, and shows it when the old version has ended', async () => {
    const options = optionsFor(stack);
    const old = await version(options, [1, 2]);
    old.seconds.observe(1.5);
    expect(await old.metrics.push()).toMatchObject({ outcome: 'pushed' });

    const renewed = await version(options, [9]);
    renewed.seconds.observe(3);
    renewed.orders.inc(4);
    const during = await renewed.metrics.push();
    expect(during).toMatchObject({ outcome: 'pushed', reason: expect.stringContaining('metric "seconds"') as string });
    expect(await onGateway(old)).toContain('seconds_bucket{le="2"} 1');
    expect(await onGateway(old)).not.toContain('le="9"');
    expect(await onGateway(old)).toContain('orders_total 4');
    expect((await old.metrics.push()).reason).toContain('metric "seconds"');
    expect((await renewed.seconds.get()).values).toContainEqual({
      metricName: 'seconds_count',
      labels: {},
      value: 1,
    });

    await old.close();
    await silentFor(renewed, [1, 2], 40_000);
    renewed.seconds.observe(4);
    expect(await renewed.metrics.push()).toMatchObject({ outcome: 'pushed' });
    expect((await renewed.metrics.push()).reason).toBeUndefined();
    expect(await onGateway(renewed)).toContain('seconds_bucket{le="9"} 2\nseconds_bucket{le="+Inf"} 2\nseconds_sum 7');
    expect(await onGateway(renewed)).toContain('orders_total 4');
    expect(await onGateway(renewed)).not.toContain('le="1"');
  });

  it('shows what a process has left that ended long before, such as a cron job', async () => {
    const options = optionsFor(stack);
    const old = await version(options, [1, 2]);
    const job = await version(options, [9]);
    job.seconds.observe(3);
    await job.close();
    await old.close();
    await silentFor(old, [1, 2], 40_000);
    const pusher = await startApp(options);
    apps.push(pusher);
    expect(await pusher.metrics.push()).toMatchObject({ outcome: 'pushed' });
    expect(await onGateway(pusher)).toContain('seconds_bucket{le="9"} 1');
  });

  it('never goes back while the new version may come again, but does when it has not for a day', async () => {
    const options = optionsFor(stack);
    await version(options, [1, 2]);
    const renewed = await version(options, [9]);
    renewed.seconds.observe(3);
    await renewed.metrics.flush();
    await silentFor(renewed, [1, 2], 40_000);
    await renewed.metrics.push();
    await renewed.close();
    // Rolled back.
    const back = await version(options, [1, 2]);
    back.seconds.observe(1.5);
    await silentFor(back, [9], DAY_MS - 60_000);
    expect(await back.metrics.push()).toMatchObject({
      outcome: 'pushed',
      reason: expect.stringContaining('that definition was replaced') as string,
    });
    expect(await onGateway(back)).toContain('seconds_bucket{le="9"} 1');
    await silentFor(back, [9], 120_000);
    await back.metrics.push();
    expect(await onGateway(back)).toContain('seconds_bucket{le="2"} 1');
  });

  it('is ended by reset() of the new version, while the old one lives', async () => {
    const options = optionsFor(stack);
    const old = await version(options, [1, 2]);
    old.seconds.observe(1.5);
    const renewed = await version(options, [9]);
    renewed.seconds.observe(3);
    renewed.seconds.reset();
    renewed.seconds.observe(5);
    await waitFor(async () => {
      await renewed.metrics.push();
      return (await onGateway(renewed)).includes('seconds_bucket{le="9"} 1');
    });
    old.seconds.observe(1.5);
    old.orders.inc();
    await old.metrics.push();
    expect(await onGateway(renewed)).toContain('seconds_bucket{le="9"} 1\nseconds_bucket{le="+Inf"} 1\nseconds_sum 5');
    expect(await onGateway(renewed)).toContain('orders_total 1');
  });
});
