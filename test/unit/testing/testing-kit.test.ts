import { AssertionError } from 'node:assert';
import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  type Counter,
  InjectMetric,
  MetricsService,
  PrometheusClient,
  PrometheusPushgatewayModule,
  PushgatewayClient,
} from 'nestjs-prometheus-pushgateway';
import {
  expectMetric,
  metricsInMemory,
  metricValue,
  PrometheusPushgatewayTestingModule,
  recordedPushes,
} from 'nestjs-prometheus-pushgateway/testing';

@Injectable()
class Orders {
  constructor(@InjectMetric('orders_total') private readonly orders: Counter<'type'>) {}

  place(type: string): void {
    this.orders.inc({ type });
  }
}

const feature = PrometheusPushgatewayModule.forFeature([
  { name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] },
]);

/** Nobody listens at port 1. */
const REAL = {
  prometheus: { host: '127.0.0.1:1', instance: 'shop-1', jobs: ['shop', 'payments'] },
  pushgateway: {
    host: ['127.0.0.1:1', '127.0.0.1:2'],
    redis: '127.0.0.1:1',
    waitForReplicas: 1,
    staleGroupAfterMs: 60_000,
    groupingLabels: { env: 'test' },
  },
  autoPush: { cron: '* * * * * *' },
  deleteOnShutdown: true,
  announceForMs: 15_000,
};

@Module({ imports: [PrometheusPushgatewayModule.forRoot(REAL), feature], providers: [Orders] })
class AppModule {}

@Module({
  imports: [PrometheusPushgatewayModule.forRootAsync({ useFactory: () => Promise.resolve(REAL) }), feature],
  providers: [Orders],
})
class AsyncAppModule {}

const apps: TestingModule[] = [];

async function started(app: Promise<TestingModule>): Promise<TestingModule> {
  apps.push(await app);
  return (await app).init();
}

const orders = () =>
  started(
    Test.createTestingModule({
      imports: [PrometheusPushgatewayTestingModule.forRoot(), feature],
      providers: [Orders],
    }).compile(),
  );

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

describe.each([
  ['forRoot', AppModule],
  ['forRootAsync', AsyncAppModule],
])('an application with real settings, by %s', (_how, module) => {
  it('counts, reads back and pushes without any server', async () => {
    const app = await started(metricsInMemory(Test.createTestingModule({ imports: [module] })).compile());
    app.get(Orders).place('book');
    await expectMetric(app, 'orders_total', { type: 'book' }, 1);
    const metrics = app.get(MetricsService);

    expect(await metrics.push()).toMatchObject({ outcome: 'pushed', series: 1, gateway: 'http://127.0.0.1:1' });
    app.get(Orders).place('book');
    await metrics.pushAdd();
    await metrics.delete();
    expect(await metrics.push('payments')).toMatchObject({ outcome: 'skipped' });

    const group = { job: 'shop', instance: 'shop-1', labels: { env: 'test' } };
    const head = '# HELP orders_total Orders\n# TYPE orders_total counter\n';
    expect(recordedPushes(app)).toEqual([
      { ...group, mode: 'push', text: `${head}orders_total{type="book"} 1\n` },
      { ...group, mode: 'pushAdd', text: `${head}orders_total{type="book"} 2\n` },
      { ...group, mode: 'delete', text: '' },
    ]);
  });

  it('sets no timer, from its start to its end', async () => {
    const setting = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'setInterval')];
    const app = await metricsInMemory(Test.createTestingModule({ imports: [module] })).compile();
    await app.init();
    app.get(Orders).place('book');
    await app.get(MetricsService).push();
    await app.get(MetricsService).announce();
    await app.close();
    const set = setting.flatMap(({ mock }) => mock.calls);
    for (const spy of setting) spy.mockRestore();
    expect(set).toEqual([]);
  });
});

describe('an application in a test', () => {
  it('pushes counters with prefetch, which wait for nobody', async () => {
    const app = await started(
      Test.createTestingModule({ imports: [PrometheusPushgatewayTestingModule.forRoot()] }).compile(),
    );
    const metrics = app.get(MetricsService);
    metrics.counter({ name: 'kept_total', help: 'Kept', prefetch: true }).inc(3);
    expect(await metrics.push()).toMatchObject({ outcome: 'pushed', series: 1 });
    await expectMetric(app, 'kept_total', 3);
  });

  it('is refused what the real one is refused', async () => {
    const builder = Test.createTestingModule({
      imports: [PrometheusPushgatewayModule.forRoot({ ...REAL, prometheus: { jobs: ['shop'], port: 1 } as never })],
    });
    await expect(metricsInMemory(builder).compile()).rejects.toThrow('prometheus.port: unknown option');
  });

  it('has the job "test" where the environment names none', async () => {
    const builder = Test.createTestingModule({
      imports: [PrometheusPushgatewayModule.forRootAsync({ useFactory: () => ({}) as never })],
    });
    const app = await started(metricsInMemory(builder).compile());
    app.get(MetricsService).counter({ name: 'x_total', help: 'X' }).inc();
    expect(await app.get(MetricsService).push()).toMatchObject({ job: 'test', outcome: 'pushed' });
  });

  it('says who may not ask a server, and what to do', async () => {
    const app = await orders();
    await expect(app.get(PrometheusClient).query('up')).rejects.toThrow(
      'PrometheusClient.query: this test has no network; override the provider PrometheusClient',
    );
    await expect(app.get(PushgatewayClient).status()).rejects.toThrow('PushgatewayClient.status: this test');
    expect(app.get(PrometheusClient).requireLabels(['a'])).toBe('a=~".+"');
    expect(app.get(PushgatewayClient).address).toBe('http://localhost:9091');
  });

  it('shares nothing with another one', async () => {
    const [one, other] = [await orders(), await orders()];
    one.get(Orders).place('book');
    await expectMetric(one, 'orders_total', { type: 'book' }, 1);
    await expectMetric(other, 'orders_total', { type: 'book' }, 'absent');
    expect(recordedPushes(other)).toEqual([]);
  });

  it('records nothing where gateways are real, and says so', async () => {
    const real = PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['shop'] },
      pushgateway: { redis: 'memory' },
      autoPush: false,
    });
    const app = await started(Test.createTestingModule({ imports: [real] }).compile());
    expect(() => recordedPushes(app)).toThrow('give its testing module to metricsInMemory');
  });
});

describe('expectMetric', () => {
  async function fault(expectation: Promise<void>): Promise<AssertionError> {
    const error: unknown = await expectation.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AssertionError);
    return error as AssertionError;
  }

  it('shows what there was', async () => {
    const app = await orders();
    app.get(Orders).place('book');
    app.get(Orders).place('book');
    app.get(Orders).place('game');
    const error = await fault(expectMetric(app, 'orders_total', { type: 'book' }, 3));
    expect(error.message).toBe(
      'Expected orders_total{type="book"} to be 3, got 2.\n' +
        'The counter orders_total, with the labels type, has\n' +
        '  orders_total{type="book"} 2\n' +
        '  orders_total{type="game"} 1',
    );
    expect(error).toMatchObject({ actual: 2, expected: 3 });
    expect((await fault(expectMetric(app, 'orders_total', 3))).message).toContain(
      'Expected orders_total to be 3, there is no such series.',
    );
    expect((await fault(expectMetric(app, 'orders_total', { type: 'game' }, 'absent'))).message).toContain(
      'to be absent, got 1',
    );
  });

  it('names the metric that was meant, and all there are', async () => {
    const app = await orders();
    const { message } = await fault(expectMetric(app, 'order_total', { type: 'book' }, 1));
    expect(message).toBe('No metric "order_total" is defined (did you mean "orders_total"?); these are: orders_total');
    await expect(metricValue(app, 'order_total')).rejects.toThrow('these are: orders_total');
  });

  it('compares any part of a histogram or summary, and numbers as far as doubles go', async () => {
    const app = await orders();
    const metrics = app.get(MetricsService);
    const seconds = metrics.histogram({ name: 'seconds', help: 'S', labelNames: ['to'], buckets: [0.15, 1] });
    seconds.observe({ to: 'a' }, 0.1);
    seconds.observe({ to: 'a' }, 0.2);
    metrics.summary({ name: 'items', help: 'I', quantiles: [0.5] }).observe(4);
    metrics.gauge({ name: 'depth', help: 'D' }).set(0.1 + 0.2);

    await expectMetric(app, 'seconds', { to: 'a' }, { count: 2, sum: 0.3 });
    await expectMetric(app, 'seconds', { to: 'a' }, { buckets: { '0.15': 1, '+Inf': 2 } });
    await expectMetric(app, 'items', { count: 1, sum: 4 });
    await expectMetric(app, 'depth', 0.3);
    expect(await metricValue(app, 'seconds', { to: 'b' })).toBeUndefined();
    expect(await metricValue(app, 'items')).toMatchObject({
      count: 1,
      sum: 4,
      quantiles: { '0.5': expect.any(Number) },
    });
    const { message } = await fault(expectMetric(app, 'seconds', { to: 'a' }, { count: 3 }));
    expect(message).toContain('Expected seconds{to="a"} to be {"count":3}, got {"count":2,"sum":0.3');
    expect(message).toContain('\n  seconds_bucket{le="0.15",to="a"} 1');
    await fault(expectMetric(app, 'depth', { count: 1 }));
    await fault(expectMetric(app, 'seconds', { to: 'a' }, 2));
  });

  it('finds a metric of another job', async () => {
    const app = await started(metricsInMemory(Test.createTestingModule({ imports: [AppModule] })).compile());
    app
      .get(MetricsService)
      .counter({ name: 'paid_total', help: 'Paid', jobs: ['payments'] })
      .inc(2);
    await expectMetric(app, 'paid_total', 2);
  });
});
