import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Module } from '@nestjs/common';
import { Cron, Interval, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { CommandFactory } from 'nest-commander';
import {
  AUTO_PUSH_NAME,
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import { PushCommand, PushgatewayCommandModule } from 'nestjs-prometheus-pushgateway/cli';
import { type RunningServer, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';

const apps: App[] = [];
let redis: RunningServer;
let gateway: Server;
let pushes: { path: string; at: number }[];
let base: PrometheusPushgatewayModuleOptions;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

beforeEach(async () => {
  pushes = [];
  gateway = createServer((request, response) => {
    // Other requests only ask who is there.
    if (request.method === 'PUT') pushes.push({ path: request.url ?? '', at: Date.now() });
    response.statusCode = request.method === 'GET' ? 405 : 200;
    request.resume().once('end', () => response.end());
  });
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  base = {
    prometheus: { jobs: ['scheduled'], instance: expect.getState().currentTestName ?? 'test' },
    pushgateway: { host, redis: redis.address, flushIntervalMs: 20 },
    metrics: [{ name: 'ticks_total', help: 'Ticks', type: 'counter' }],
  };
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await once(gateway.close(), 'close');
});

@Injectable()
class OwnCron {
  readonly fired: number[] = [];
  readonly intervals: number[] = [];
  constructor(private readonly metrics: MetricsService) {}

  @Cron('* * * * * *')
  async push(): Promise<void> {
    this.fired.push(Date.now());
    await this.metrics.pushAll();
  }

  @Interval(50)
  measure(): void {
    this.intervals.push(Date.now());
  }
}

async function app(...args: Parameters<typeof startApp>): Promise<App> {
  const started = await startApp(...args);
  apps.push(started);
  return started;
}

/** Ticks of `* * * * * *` since then, however late each came. */
function secondsBegunSince(begun: number): number {
  return Math.floor(Date.now() / 1000) - Math.floor(begun / 1000);
}

describe('autoPush', () => {
  it('pushes at an interval, under a name in the SchedulerRegistry, until the application ends', async () => {
    const one = await app({ ...base, autoPush: { everyMs: 100 } });
    await waitFor(() => pushes.length >= 3, { message: 'three pushes' });
    expect(one.context.get(SchedulerRegistry, { strict: false }).getIntervals()).toContain(AUTO_PUSH_NAME);
    await one.close();
    const made = pushes.length;
    const other = await app({ ...base, autoPush: { everyMs: 60_000 } });
    await other.metrics.pushAll();
    expect(pushes).toHaveLength(made + 1);
  });

  it('pushes by cron expression', async () => {
    const one = await app({ ...base, autoPush: { cron: '* * * * * *' } });
    expect(one.context.get(SchedulerRegistry, { strict: false }).getCronJob(AUTO_PUSH_NAME).isActive).toBe(true);
    await waitFor(() => pushes.length >= 2, { message: 'two pushes' });
    expect(pushes.every(({ path }) => path.startsWith('/metrics/job/scheduled/instance/'))).toBe(true);
  });

  it('of ten replicas makes one push a tick', async () => {
    for (let replica = 0; replica < 10; replica += 1) await app({ ...base, autoPush: { everyMs: 1_000 } });
    await waitFor(() => pushes.length >= 4, { message: 'four pushes' });
    // Each tick is ten timers; a push less than three quarters of an interval after another would be the same tick's.
    const elapsedMs = (pushes.at(-1)?.at ?? 0) - (pushes[0]?.at ?? 0);
    expect(pushes.length).toBeLessThanOrEqual(elapsedMs / 750 + 1);
  });

  it('goes on in another replica when the one that pushed is gone', async () => {
    const [one] = [
      await app({ ...base, autoPush: { everyMs: 300 } }),
      await app({ ...base, autoPush: { everyMs: 300 } }),
    ];
    await waitFor(() => pushes.length >= 2, { message: 'two pushes' });
    await one.close();
    const before = pushes.length;
    await waitFor(() => pushes.length >= before + 2, { message: 'two pushes by the other replica' });
    expect(pushes.length).toBeGreaterThanOrEqual(before + 2);
  });
});

describe("the application's own @Cron", () => {
  it.each([
    ['without importing ScheduleModule', []],
    ['importing ScheduleModule itself', [ScheduleModule.forRoot()]],
  ])('fires once a tick, %s', async (_, imports) => {
    const begun = Date.now();
    const one = await app({ ...base, autoPush: false }, imports, [OwnCron]);
    const own = one.context.get(OwnCron);
    await waitFor(() => own.fired.length >= 3 && pushes.length >= 2, { message: 'three ticks' });
    expect(own.fired.length).toBeLessThanOrEqual(secondsBegunSince(begun));
    expect(pushes.length).toBeLessThanOrEqual(own.fired.length);
    expect(own.intervals.length).toBeGreaterThan(0);
  });

  it('fires once a tick in a feature module that does not import ours', async () => {
    @Module({ imports: [], providers: [OwnCron] })
    class Feature {}
    const begun = Date.now();
    const one = await app({ ...base, autoPush: false }, [Feature]);
    const own = one.context.get(OwnCron, { strict: false });
    await waitFor(() => own.fired.length >= 2, { message: 'two ticks' });
    expect(own.fired.length).toBeLessThanOrEqual(secondsBegunSince(begun));
  });
});

describe('a push process', () => {
  it.each([
    ['without ScheduleModule', []],
    ['with ScheduleModule', [ScheduleModule.forRoot()]],
  ])('starts no scheduler, %s', async (_, imports) => {
    @Module({
      imports: [
        PrometheusPushgatewayModule.forRoot({ ...base, autoPush: { everyMs: 50 } }),
        ...imports,
        PushgatewayCommandModule,
      ],
      providers: [OwnCron],
    })
    class CliModule {}
    const context = await CommandFactory.createWithoutRunning(CliModule, ['error']);
    await context.init();
    const command = context.get(PushCommand, { strict: false });
    const written: string[] = [];
    Object.assign(command, { output: { write: (text: string) => written.push(text) } });
    const own = context.get(OwnCron);
    const end = Date.now() + 400;
    const running = command.run([], { watch: true, interval: 0.1 });
    await waitFor(() => Date.now() > end && written.length >= 3, { message: 'three rounds' });
    expect(own.fired).toEqual([]);
    expect(own.intervals).toEqual([]);
    process.emit('SIGTERM');
    await running;
    expect(written.length).toBe(pushes.length);
    expect(written.every((line) => line.startsWith('scheduled: pushed 1 series'))).toBe(true);
    await context.close();
  });
});
