import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Test, type TestingModule } from '@nestjs/testing';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import {
  PrometheusPushgatewayHealthIndicator,
  PrometheusPushgatewayHealthModule,
} from 'nestjs-prometheus-pushgateway/health';
import { metricsInMemory, PrometheusPushgatewayTestingModule } from 'nestjs-prometheus-pushgateway/testing';
import { STORE, type Store } from '../../../lib/store/store.js';

const apps: TestingModule[] = [];

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function start(overridden?: [token: unknown, value: unknown]): Promise<TestingModule> {
  const builder = Test.createTestingModule({
    imports: [PrometheusPushgatewayTestingModule.forRoot({ jobs: ['shop'] }), PrometheusPushgatewayHealthModule],
  });
  if (overridden) builder.overrideProvider(overridden[0]).useValue(overridden[1]);
  const app = await builder.compile();
  apps.push(app);
  return app.init();
}

const indicatorOf = (app: TestingModule): PrometheusPushgatewayHealthIndicator =>
  app.get(PrometheusPushgatewayHealthIndicator);

describe('the store', () => {
  it('is up while it answers', async () => {
    const app = await start();
    expect(await indicatorOf(app).store()).toEqual({
      'metrics-store': { status: 'up', responseTimeMs: expect.any(Number) },
    });
  });

  it('is degraded within the deadline, or down where it is required', async () => {
    const app = await start();
    app.get<Store>(STORE).ping = () => new Promise(() => undefined);
    const fault = { message: 'no answer within 20 ms' };
    expect(await indicatorOf(app).store('redis', { timeoutMs: 20 })).toMatchObject({
      redis: { status: 'degraded', ...fault },
    });
    expect(await indicatorOf(app).store('redis', { timeoutMs: 20, required: true })).toMatchObject({
      redis: { status: 'down', ...fault },
    });
  });

  it('is up, with a message, by terminus 11, which knows no more than up and down', async () => {
    const up = (data: object) => ({ it: { status: 'up', ...data } });
    const app = await start([HealthIndicatorService, { check: () => ({ up, down: up }) }]);
    app.get<Store>(STORE).ping = () => Promise.reject(new Error('away'));
    expect(await indicatorOf(app).store()).toMatchObject({ it: { status: 'up', message: 'away' } });
  });
});

describe('the last push', () => {
  it('is well while there is nothing to push, and while nothing could be pushed yet', async () => {
    const app = await start();
    const look = () => indicatorOf(app).lastPush('push', { maxAgeMs: 60_000 });
    expect(await look()).toMatchObject({ push: { status: 'up', ageMs: { shop: 'nothing to push' } } });
    app.get(MetricsService).counter({ name: 'x_total', help: 'X' }).inc();
    await app.get(MetricsService).flush();
    expect(await look()).toMatchObject({ push: { status: 'up', ageMs: { shop: 'never' } } });
    await app.get(MetricsService).push();
    expect(await look()).toMatchObject({
      push: { status: 'up', ageMs: { shop: expect.any(Number) }, maxAgeMs: 60_000 },
    });
  });

  it('is degraded when it is too old, by the clock of the store, or never came', async () => {
    const app = await start();
    const { ledgers } = app.get<Store>(STORE);
    const read = ledgers.read.bind(ledgers);
    let pushedAt: number | undefined = 1_000;
    jest
      .spyOn(ledgers, 'read')
      .mockImplementation(async (group) => ({ ...(await read(group)), pushedAt, now: 62_000 }));
    app.get(MetricsService).counter({ name: 'x_total', help: 'X' }).inc();
    await app.get(MetricsService).flush();
    expect(await indicatorOf(app).lastPush('push', { maxAgeMs: 60_000 })).toMatchObject({
      push: { status: 'degraded', ageMs: { shop: 61_000 }, message: 'not pushed for over 60000 ms: shop' },
    });
    pushedAt = undefined;
    expect(await indicatorOf(app).lastPush('push', { maxAgeMs: 0.001, required: true })).toMatchObject({
      push: { status: 'down', ageMs: { shop: 'never' } },
    });
  });

  it('takes its limit from autoPush, and asks for one without', async () => {
    const app = await start();
    await expect(indicatorOf(app).lastPush()).rejects.toThrow('Health indicator "last-push": expected maxAgeMs');
    const real = PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['shop'] },
      pushgateway: { redis: 'memory', host: '127.0.0.1:1' },
      autoPush: { everyMs: 3_600_000 },
      pushOnShutdown: false,
    });
    const other = await Test.createTestingModule({ imports: [real, PrometheusPushgatewayHealthModule] }).compile();
    apps.push(other);
    expect(await indicatorOf(other).lastPush()).toMatchObject({ 'last-push': { maxAgeMs: 3 * 3_600_000 } });
  });
});

describe('the indicators', () => {
  it('ask nobody in a test', async () => {
    const builder = Test.createTestingModule({
      imports: [
        PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] }, pushgateway: { host: '127.0.0.1:1' } }),
        PrometheusPushgatewayHealthModule,
      ],
    });
    const app = await metricsInMemory(builder).compile();
    apps.push(app);
    expect(await indicatorOf(app).gateways()).toMatchObject({
      pushgateways: { status: 'up', gateways: { 'http://127.0.0.1:1': 'answers' } },
    });
  });

  it('need the module whose servers they ask', async () => {
    const app = await Test.createTestingModule({ imports: [PrometheusPushgatewayHealthModule] }).compile();
    apps.push(app);
    expect(() => indicatorOf(app).store()).toThrow(
      'PrometheusPushgatewayHealthModule needs PrometheusPushgatewayModule',
    );
  });

  it('are read by terminus', async () => {
    @Controller()
    class HealthController {
      constructor(
        private readonly health: HealthCheckService,
        private readonly metrics: PrometheusPushgatewayHealthIndicator,
      ) {}

      @Get()
      @HealthCheck()
      check() {
        return this.health.check([() => this.metrics.store(), () => this.metrics.gateways()]);
      }
    }
    @Module({ imports: [TerminusModule, PrometheusPushgatewayHealthModule], controllers: [HealthController] })
    class HealthModule {}
    const app = await Test.createTestingModule({
      imports: [PrometheusPushgatewayTestingModule.forRoot(), HealthModule],
    }).compile();
    apps.push(app);
    expect(await app.get(HealthController).check()).toMatchObject({ status: 'ok', error: {} });
  });
});
