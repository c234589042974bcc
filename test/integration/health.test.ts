import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import {
  PrometheusPushgatewayHealthIndicator,
  PrometheusPushgatewayHealthModule,
} from 'nestjs-prometheus-pushgateway/health';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

const PASSWORD = 'correct-horse';
const TIMEOUT_MS = 300;

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly metrics: PrometheusPushgatewayHealthIndicator,
  ) {}

  @Get('ready')
  @HealthCheck()
  ready() {
    return this.#all({ timeoutMs: TIMEOUT_MS });
  }

  @Get('strict')
  @HealthCheck()
  strict() {
    return this.#all({ timeoutMs: TIMEOUT_MS, required: true });
  }

  #all(options: object) {
    const { metrics } = this;
    return this.health.check([
      () => metrics.store(undefined, options),
      () => metrics.gateways(undefined, options),
      () => metrics.lastPush(undefined, { ...options, maxAgeMs: 60_000 }),
    ]);
  }
}

describe('health, through real servers', () => {
  let redis: RunningServer;
  let gateway: RunningServer;
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    [redis, gateway] = await Promise.all([startRedis({ password: PASSWORD }), startPushgateway()]);
    const pushgateway = PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['shop'] },
      pushgateway: {
        host: `http://admin:${PASSWORD}@${gateway.address}`,
        redis: `redis://:${PASSWORD}@${redis.address}`,
      },
      autoPush: false,
    });
    const imports = [pushgateway, TerminusModule.forRoot({ logger: false }), PrometheusPushgatewayHealthModule];
    @Module({ imports, controllers: [HealthController] })
    class AppModule {}
    app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    app.get(MetricsService).counter({ name: 'x_total', help: 'X' }).inc();
    await app.get(MetricsService).push();
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await Promise.all([redis.stop(), gateway.stop()]);
  });

  async function ask(
    path: string,
  ): Promise<{ http: number; status: string; states: Record<string, string>; text: string }> {
    const begun = performance.now();
    const response = await fetch(`${url}/${path}`);
    const text = await response.text();
    expect(performance.now() - begun).toBeLessThan(10 * TIMEOUT_MS);
    expect(text).not.toContain(PASSWORD);
    const { status, details } = JSON.parse(text) as { status: string; details: Record<string, { status: string }> };
    const states = Object.fromEntries(Object.entries(details).map(([key, each]) => [key, each.status]));
    return { http: response.status, status, states, text };
  }

  const states = (store: string, gateways: string, push: string) => ({
    'metrics-store': store,
    pushgateways: gateways,
    'last-push': push,
  });

  it('is well', async () => {
    expect(await ask('ready')).toMatchObject({ http: 200, status: 'ok', states: states('up', 'up', 'up') });
    expect(await ask('strict')).toMatchObject({ http: 200, status: 'ok' });
  });

  it('goes on while a gateway is frozen, unless it is required', async () => {
    gateway.kill('SIGSTOP');
    const { text, ...answer } = await ask('ready');
    expect(answer).toEqual({ http: 200, status: 'degraded', states: states('up', 'degraded', 'up') });
    expect(text).toContain(`no answer within ${TIMEOUT_MS} ms`);
    expect(await ask('strict')).toMatchObject({ http: 503, status: 'error', states: states('up', 'down', 'up') });
    gateway.kill('SIGCONT');
    await waitFor(async () => (await ask('ready')).status === 'ok', { message: 'the gateway to be well again' });
  });

  it('answers in time while Redis is frozen', async () => {
    redis.kill('SIGSTOP');
    expect(await ask('ready')).toMatchObject({ http: 200, states: states('degraded', 'up', 'degraded') });
    expect(await ask('strict')).toMatchObject({ http: 503, states: states('down', 'up', 'down') });
    redis.kill('SIGCONT');
    await waitFor(async () => (await ask('ready')).status === 'ok', { message: 'Redis to be well again' });
  });

  it('says where nobody listens, without credentials', async () => {
    await gateway.stop();
    const { text, states: found } = await ask('ready');
    expect(found).toEqual(states('up', 'degraded', 'up'));
    expect(text).toContain(`http://${gateway.address}`);
    expect(text).toContain('ECONNREFUSED');
  });
});
