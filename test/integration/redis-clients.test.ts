import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { FaultProxy, type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { optionsFor, startApp } from './app.js';

let redis: RunningServer;
let gateway: RunningServer;

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterAll(() => Promise.all([redis.stop(), gateway.stop()]));
afterEach(() => {
  jest.restoreAllMocks();
});

describe("a client of the user's that never gives up a command (as BullMQ wants it)", () => {
  it.each(['refused', 'silent'])(
    'keeps one batch at the most while connections are %s, and brings it once',
    async (kind) => {
      const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
      jest.spyOn(Logger.prototype, 'log').mockImplementation();
      const proxy = await FaultProxy.start(redis.port);
      const client = new Redis({ port: proxy.port, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      const base = optionsFor({ redis, gateway, prometheus: gateway });
      const app = await startApp({ ...base, pushgateway: { ...base.pushgateway, redis: client } });
      try {
        const orders = app.metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['at'] });
        orders.inc({ at: 0 });
        await app.metrics.flush();
        if (kind === 'refused') proxy.close();
        else proxy.inject('silence');
        for (let attempt = 1; attempt <= 3; attempt += 1) {
          for (let at = 0; at < 100; at += 1) orders.inc({ at });
          await expect(app.metrics.flush()).rejects.toThrow(/^Redis \S+ \(your client\) unreachable: /);
        }
        const queues = client as unknown as { offlineQueue: { length: number }; commandQueue: { length: number } };
        expect(queues.offlineQueue.length + queues.commandQueue.length).toBeLessThanOrEqual(1);
        expect(client.listenerCount('ready') + client.listenerCount('close')).toBeLessThan(10);
        if (kind === 'refused') await proxy.accept();
        else proxy.breakAll();
        await waitFor(
          () =>
            app.metrics.flush().then(
              () => true,
              () => false,
            ),
          { message: 'Redis to take everything' },
        );
        const { values } = await orders.get();
        expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(301);
        expect(warned).toHaveBeenCalledTimes(1);
      } finally {
        await app.close();
        client.disconnect();
        proxy.close();
      }
    },
  );
});

it('waits for the answers of more than ten jobs with one listener: eleven would be taken for a leak', async () => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  jest.spyOn(Logger.prototype, 'log').mockImplementation();
  const proxy = await FaultProxy.start(redis.port);
  const client = new Redis({ port: proxy.port, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const base = optionsFor({ redis, gateway, prometheus: gateway });
  const jobs = Array.from({ length: 30 }, (_, at) => `job-${at}`);
  const app = await startApp({
    ...base,
    prometheus: { ...base.prometheus, jobs },
    pushgateway: { ...base.pushgateway, redis: client },
  });
  try {
    const orders = app.metrics.counter({ name: 'orders_total', help: 'Orders', jobs });
    await app.metrics.flush();
    const before = client.listenerCount('close');
    proxy.inject('silence');
    orders.inc();
    await expect(app.metrics.flush()).rejects.toThrow(/unreachable: no answer within/);
    await waitFor(() => client.listenerCount('close') > before, { message: 'batches to be given up' });
    expect(client.listenerCount('close') - before).toBe(1);
  } finally {
    await app.close();
    client.disconnect();
    proxy.close();
  }
});
