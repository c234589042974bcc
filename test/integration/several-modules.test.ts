import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  getMetricsServiceToken,
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import {
  PrometheusPushgatewayHealthIndicator,
  PrometheusPushgatewayHealthModule,
} from 'nestjs-prometheus-pushgateway/health';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

let redis: RunningServer;
let gateways: [shop: RunningServer, billing: RunningServer];
let options: (PrometheusPushgatewayModuleOptions & { name?: string })[];

beforeAll(async () => {
  redis = await startRedis();
  gateways = await Promise.all([startPushgateway(), startPushgateway()]);
  const of = (job: string, gateway: RunningServer): PrometheusPushgatewayModuleOptions => ({
    prometheus: { host: '127.0.0.1:9', instance: 'test', jobs: [job] },
    pushgateway: { host: gateway.address, redis: redis.address, flushIntervalMs: 20 },
  });
  options = [of('shop', gateways[0]), { ...of('billing', gateways[1]), name: 'billing' }];
});
afterAll(() => Promise.all([redis, ...gateways].map((server) => server.stop())));

const command = (...args: string[]) =>
  runNode('test/support/processes/several-modules.js', args, { OPTIONS: JSON.stringify(options) }).done;

const shownBy = async ({ url }: RunningServer) => (await fetch(`${url}/metrics`)).text();

it('push by themselves, each to its own gateway, what was counted in it', async () => {
  const often = options.map((each) => PrometheusPushgatewayModule.forRoot({ ...each, autoPush: { everyMs: 100 } }));
  @Module({ imports: [...often, PrometheusPushgatewayHealthModule] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const [shop, billing] = [app.get(MetricsService), app.get<MetricsService>(getMetricsServiceToken('billing'))];
  shop.counter({ name: 'orders_total', help: 'Orders' }).inc(2);
  billing.counter({ name: 'invoices_total', help: 'Invoices' }).inc(3);
  await waitFor(async () => (await shownBy(gateways[0])).includes('orders_total{instance="test",job="shop"} 2'));
  await waitFor(async () => (await shownBy(gateways[1])).includes('invoices_total{instance="test",job="billing"} 3'));
  const health = app.get(PrometheusPushgatewayHealthIndicator);
  expect(await health.gateways('g', { name: 'billing' })).toMatchObject({
    g: { status: 'up', gateways: { [gateways[1].url]: 'answers' } },
  });
  // The end pushes both.
  billing.counter({ name: 'invoices_total', help: 'Invoices' }).inc();
  await app.close();
  expect(await shownBy(gateways[0])).not.toContain('invoices_total');
  expect(await shownBy(gateways[1])).not.toContain('orders_total');
  expect(await shownBy(gateways[1])).toContain('invoices_total{instance="test",job="billing"} 4');
});

describe('commands', () => {
  it('ask which module is meant', async () => {
    expect(await command('push')).toMatchObject({
      code: 1,
      stderr: 'push: this application has 2 modules: say which one is meant by one of --name default, --name billing\n',
    });
    expect(await command('status', '--name', 'stock')).toMatchObject({
      code: 1,
      stderr: 'status: --name: this application has no module "stock"; expected --name default, --name billing\n',
    });
  });

  it('take the one that is named', async () => {
    const [billing, shop] = [await command('show', '--name', 'billing'), await command('show', '--name', 'default')];
    expect(billing).toMatchObject({ code: 0, stderr: '' });
    expect(billing.stdout).toContain('invoices_total');
    expect(shop.stdout).toContain('orders_total');
    expect(shop.stdout).not.toContain('invoices_total');
    const pushed = await command('push', '--name', 'billing', '--json');
    expect(pushed.stderr).toBe('');
    expect(JSON.parse(pushed.stdout)).toMatchObject([{ job: 'billing', outcome: 'pushed' }]);
  });

  it('need no name where there is one module, named or not', async () => {
    const alone = { OPTIONS: JSON.stringify(options.slice(1)) };
    const { stdout, stderr } = await runNode('test/support/processes/several-modules.js', ['show'], alone).done;
    expect(stderr).toBe('');
    expect(stdout).toContain('invoices_total');
  });

  it('complete the jobs of all', async () => {
    const { stdout, stderr } = await command('completion', 'bash', '--program', 'shop');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/'shop' 'billing'/);
  });
});
