import { Injectable, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import {
  type Counter,
  InjectMetric,
  MetricsService,
  PrometheusClient,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
  type PrometheusPushgatewayOptionsFactory,
  PushgatewayClient,
} from 'nestjs-prometheus-pushgateway';
import { prometheusPushgatewayConfig } from 'nestjs-prometheus-pushgateway/config';
import { StickyGateways } from '../../../lib/gateway/pools.js';

const options: PrometheusPushgatewayModuleOptions = {
  prometheus: { jobs: ['shop'], host: 'https://prometheus.test/base/', instance: 'one' },
  pushgateway: { redis: 'memory' },
  autoPush: false,
};

@Injectable()
class OptionsFactory implements PrometheusPushgatewayOptionsFactory {
  createPrometheusPushgatewayOptions(): PrometheusPushgatewayModuleOptions {
    return options;
  }
}
@Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
class OptionsModule {}

type Imported = NonNullable<Parameters<typeof Module>[0]['imports']>[number];

async function start(imports: Imported[], providers: NonNullable<Parameters<typeof Module>[0]['providers']> = []) {
  @Module({ imports, providers })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

const wrong = {
  prometheus: { jobs: [] },
  pushgateway: { redsi: 'memory' },
} as unknown as PrometheusPushgatewayModuleOptions;
const complaint = [
  'Invalid options of PrometheusPushgatewayModule:',
  '  - prometheus.jobs: expected an array of job names, at least one, got []',
  '  - pushgateway.redsi: unknown option; did you mean "redis"?',
].join('\n');

describe('PrometheusPushgatewayModule', () => {
  it.each<[string, Imported]>([
    ['forRoot', PrometheusPushgatewayModule.forRoot(options)],
    ['forRootAsync with useFactory', PrometheusPushgatewayModule.forRootAsync({ useFactory: () => options })],
    [
      'forRootAsync with an asynchronous useFactory and inject',
      PrometheusPushgatewayModule.forRootAsync({
        imports: [OptionsModule],
        inject: [OptionsFactory],
        useFactory: (factory: OptionsFactory) => Promise.resolve(factory.createPrometheusPushgatewayOptions()),
      }),
    ],
    ['forRootAsync with useClass', PrometheusPushgatewayModule.forRootAsync({ useClass: OptionsFactory })],
    [
      'forRootAsync with useExisting',
      PrometheusPushgatewayModule.forRootAsync({ imports: [OptionsModule], useExisting: OptionsFactory }),
    ],
  ])('provides its services by %s', async (_, imported) => {
    const context = await start([imported]);
    const metrics = context.get(MetricsService);
    metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
    expect(await metrics.text()).toBe('# HELP orders_total Orders\n# TYPE orders_total counter\norders_total 5\n');
    expect(context.get(PrometheusClient).address).toBe('https://prometheus.test/base');
    expect(context.get(PushgatewayClient).address).toBe('http://localhost:9091');
    await context.close();
  });

  it.each<[string, Imported]>([
    ['forRoot', PrometheusPushgatewayModule.forRoot(wrong)],
    ['forRootAsync', PrometheusPushgatewayModule.forRootAsync({ useFactory: () => wrong })],
  ])('refuses wrong options by %s with one message that lists all', async (_, imported) => {
    await expect(start([imported])).rejects.toThrow(complaint);
  });

  it('is global unless told otherwise', async () => {
    @Injectable()
    class User {
      constructor(readonly metrics: MetricsService) {}
    }
    @Module({ providers: [User] })
    class Feature {}
    const context = await start([PrometheusPushgatewayModule.forRoot(options), Feature]);
    expect(context.get(User, { strict: false }).metrics).toBe(context.get(MetricsService));
    await context.close();
    const local = PrometheusPushgatewayModule.forRoot({ ...options, isGlobal: false });
    await expect(start([local, Feature])).rejects.toThrow(/can't resolve dependencies of the User/);
  });

  it('defines the metrics of its options, and of features, and injects these', async () => {
    @Injectable()
    class Shop {
      constructor(@InjectMetric('shop_orders_total') readonly orders: Counter<'type'>) {}
    }
    const feature = PrometheusPushgatewayModule.forFeature([
      { namespace: 'shop', name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] },
    ]);
    const root = PrometheusPushgatewayModule.forRoot({
      ...options,
      metrics: [{ name: 'visits_total', help: 'Visits', type: 'counter' }],
    });
    const context = await start([root, feature], [Shop]);
    context.get(Shop).orders.inc({ type: 'blue' }, 2);
    const text = await context.get(MetricsService).text();
    expect(text).toContain('visits_total 0\n');
    expect(text).toContain('shop_orders_total{type="blue"} 2\n');
    await context.close();
  });

  it('reads everything from the environment through @nestjs/config', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      PROMETHEUS_JOBS: 'shop, payments',
      PUSHGATEWAY_REDIS: 'memory',
      PUSHGATEWAY_AUTO_PUSH: 'off',
    });
    try {
      const context = await start([
        ConfigModule.forRoot({ ignoreEnvFile: true }),
        PrometheusPushgatewayModule.forRootAsync(prometheusPushgatewayConfig.asProvider()),
      ]);
      expect(await context.get(MetricsService).text('payments')).toBe('');
      await context.close();
      process.env['PUSHGATEWAY_GZIP'] = 'perhaps';
      await expect(
        start([PrometheusPushgatewayModule.forRootAsync(prometheusPushgatewayConfig.asProvider())]),
      ).rejects.toThrow('PUSHGATEWAY_GZIP: expected true or false, got "perhaps"');
    } finally {
      process.env = before;
    }
  });

  it('sends what is counted to the store before the application has ended', async () => {
    const context = await start([PrometheusPushgatewayModule.forRoot(options)]);
    const metrics = context.get(MetricsService);
    metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
    const closed = context.close();
    await expect(closed).resolves.toBeUndefined();
    expect(await metrics.text()).toContain('orders_total 5\n');
  });
});

describe('what an earlier process left undone on gateways', () => {
  const FLUSH_MS = 100;
  let resume: jest.SpyInstance;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    resume = jest.spyOn(StickyGateways.prototype, 'resume').mockReturnValue();
  });
  afterEach(() => {
    jest.useRealTimers();
    resume.mockRestore();
  });

  async function started(changes: Partial<PrometheusPushgatewayModuleOptions> = {}) {
    const pushgateway = { redis: '127.0.0.1:1', flushIntervalMs: FLUSH_MS };
    const imported = { ...options, pushgateway, pushOnShutdown: false, autoPush: { everyMs: 60_000 }, ...changes };
    const context = await start([PrometheusPushgatewayModule.forRoot(imported)]);
    return context.init();
  }

  it('is taken up with the first flush, once: until then nothing asks for Redis', async () => {
    const context = await started();
    jest.advanceTimersByTime(FLUSH_MS - 1);
    expect(resume).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    // The code of gateways is loaded then.
    while (resume.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(resume.mock.calls).toEqual([[[{ job: 'shop', instance: 'one', labels: {} }]]]);
    jest.advanceTimersByTime(10 * FLUSH_MS);
    expect(resume).toHaveBeenCalledTimes(1);
    await context.close();
  });

  it('is left alone by a process that ends before, and by one that does not push', async () => {
    const ended = await started();
    await ended.close();
    const silent = await started({ autoPush: false });
    jest.advanceTimersByTime(10 * FLUSH_MS);
    expect(resume).not.toHaveBeenCalled();
    await silent.close();
  });
});
