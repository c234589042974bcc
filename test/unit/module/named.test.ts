import { type INestApplicationContext, Injectable, Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SchedulerRegistry, ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { ModulesContainer } from '@nestjs/core';
import {
  type Counter,
  defineCounter,
  getMetricsServiceToken,
  getMetricToken,
  InjectMetric,
  InjectMetricsService,
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import { expectMetric, metricsInMemory, recordedPushes } from 'nestjs-prometheus-pushgateway/testing';

const inMemory = (job: string): PrometheusPushgatewayModuleOptions => ({
  prometheus: { jobs: [job] },
  pushgateway: { redis: 'memory' },
  autoPush: false,
});
const invoices = defineCounter({ name: 'invoices_total', help: 'Invoices' });
const shop = PrometheusPushgatewayModule.forRoot(inMemory('shop'));
const billing = PrometheusPushgatewayModule.forRoot({ ...inMemory('billing'), name: 'billing' });

type Imported = NonNullable<Parameters<typeof Module>[0]['imports']>[number];

let app: INestApplicationContext | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(imports: Imported[], providers: Type[] = []): Promise<INestApplicationContext> {
  @Module({ imports, providers })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  return app;
}

@Injectable()
class Office {
  constructor(
    readonly shop: MetricsService,
    @InjectMetricsService('billing') readonly billing: MetricsService,
  ) {}
}

describe.each([
  ['the one with a name last', [shop, billing]],
  ['the one with a name first', [billing, shop]],
])('two modules, %s', (_, imports) => {
  it('count apart, each for whoever injects it', async () => {
    const context = await start(imports, [Office]);
    const office = context.get(Office);
    office.shop.counter({ name: 'orders_total', help: 'Orders' }).inc(2);
    office.billing.counter({ name: 'orders_total', help: 'Orders' }).inc(3);
    expect(await office.shop.text('shop')).toContain('\norders_total 2\n');
    expect(await office.billing.text('billing')).toContain('\norders_total 3\n');
    // Nest looks through all modules for it.
    expect(context.get(MetricsService)).toBe(office.shop);
    expect(context.get(MetricsService, { strict: false })).toBe(office.shop);
    expect(context.get(getMetricsServiceToken('billing'))).toBe(office.billing);
    expect(context.get(getMetricsServiceToken())).toBe(office.shop);
  });

  it('warn of nothing', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await start(imports);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('a module with a name', () => {
  it('has its features and metrics', async () => {
    @Injectable()
    class Desk {
      constructor(@InjectMetric(invoices, 'billing') readonly invoices: Counter) {}
    }
    @Module({ imports: [PrometheusPushgatewayModule.forFeature([invoices], 'billing')], providers: [Desk] })
    class DeskModule {}
    const context = await start([shop, DeskModule, billing]);
    context.get(Desk, { strict: false }).invoices.inc(4);
    const metrics = context.get<MetricsService>(getMetricsServiceToken('billing'));
    expect(await metrics.text()).toContain('\ninvoices_total 4\n');
    expect(await context.get(MetricsService).text()).toBe('');
    expect(context.get<unknown>(getMetricToken(invoices, 'billing'), { strict: false })).toBeDefined();
  });

  it('is found by its features also if it is not global', async () => {
    const local = PrometheusPushgatewayModule.forRoot({ ...inMemory('billing'), name: 'billing', isGlobal: false });
    @Module({ imports: [local] })
    class Elsewhere {}
    const context = await start([shop, PrometheusPushgatewayModule.forFeature([invoices], 'billing'), Elsewhere]);
    context.get<Counter>(getMetricToken(invoices, 'billing'), { strict: false }).inc(5);
    const metrics = context.get<MetricsService>(getMetricsServiceToken('billing'), { strict: false });
    expect(await metrics.text()).toContain('\ninvoices_total 5\n');
  });

  it('may stand alone', async () => {
    const context = await start([billing]);
    expect(context.get<MetricsService>(getMetricsServiceToken('billing'))).toBeInstanceOf(MetricsService);
    expect(() => context.get(MetricsService, { strict: false })).toThrow('MetricsService');
  });

  it.each(['useFactory', 'useClass', 'useExisting'] as const)('takes its options by %s', async (way) => {
    @Injectable()
    class Settings {
      createPrometheusPushgatewayOptions(): PrometheusPushgatewayModuleOptions {
        return inMemory('billing');
      }
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const given = {
      useFactory: { useFactory: () => inMemory('billing') },
      useClass: { useClass: Settings },
      useExisting: { imports: [SettingsModule], useExisting: Settings },
    }[way];
    const context = await start([shop, PrometheusPushgatewayModule.forRootAsync({ name: 'billing', ...given })]);
    const jobsOf = async (metrics: MetricsService) => (await metrics.status()).map(({ job }) => job);
    expect(await jobsOf(context.get<MetricsService>(getMetricsServiceToken('billing')))).toEqual(['billing']);
    expect(await jobsOf(context.get(MetricsService))).toEqual(['shop']);
  });

  it('says which forRoot is missing', async () => {
    await expect(start([shop, PrometheusPushgatewayModule.forFeature([invoices], 'stock')])).rejects.toThrow(
      'forFeature needs PrometheusPushgatewayModule.forRoot(...) or forRootAsync(...) with the name "stock": import it',
    );
  });

  it('says which feature is missing', async () => {
    @Injectable()
    class Wanting {
      constructor(@InjectMetric('visits_total', 'lobby') readonly metric: Counter) {}
    }
    await expect(start([shop], [Wanting])).rejects.toThrow(
      '(no forFeature of "lobby" defines any metric; those of the option metrics come from MetricsService)',
    );
  });

  it('says whose MetricsService is missing', async () => {
    await expect(start([shop], [Office])).rejects.toThrow(/MetricsService of "billing"/);
  });

  it('is refused twice, before anything is made', async () => {
    const second = PrometheusPushgatewayModule.forRoot({ ...inMemory('other'), name: 'billing' });
    await expect(start([billing, second])).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      message: expect.stringContaining('is imported twice with the name "billing"') as string,
    });
  });

  it('is no fault where it is the same module', async () => {
    @Module({ imports: [billing] })
    class Other {}
    await expect(start([billing, Other])).resolves.toBeDefined();
  });

  it.each(['', 'default', 'two words', 7, null])('is refused with the name %j', (name) => {
    expect(() => PrometheusPushgatewayModule.forRoot({ ...inMemory('billing'), name: name as string })).toThrow(
      /^name: expected letters, digits and/,
    );
  });

  it('says where a name belongs that a factory gives', async () => {
    const given = { ...inMemory('billing'), name: 'billing' };
    await expect(start([PrometheusPushgatewayModule.forRootAsync({ useFactory: () => given })])).rejects.toThrow(
      'name: unknown option; stands beside useFactory, useClass or useExisting',
    );
  });

  it('leaves faults of its options to be told', async () => {
    const wrong = PrometheusPushgatewayModule.forRoot({ ...inMemory('billing'), prometheus: { jobs: [] }, name: 'b' });
    await expect(start([shop, wrong])).rejects.toThrow('prometheus.jobs: expected an array of job names');
  });

  it('closes with the application', async () => {
    const context = await start([shop, billing]);
    const metrics = context.get<MetricsService>(getMetricsServiceToken('billing'));
    metrics.counter({ name: 'orders_total', help: 'Orders' }).inc();
    await context.close();
    app = undefined;
    expect(await metrics.push()).toMatchObject({ outcome: 'failed' });
  });
});

it('has a schedule of its own beside another, and the application one scheduler', async () => {
  const every = (job: string): PrometheusPushgatewayModuleOptions => ({
    ...inMemory(job),
    autoPush: { everyMs: 1_000_000 },
    pushOnShutdown: false,
  });
  const context = await start([
    PrometheusPushgatewayModule.forRoot(every('shop')),
    PrometheusPushgatewayModule.forRoot({ ...every('billing'), name: 'billing' }),
  ]);
  expect(context.get(SchedulerRegistry, { strict: false }).getIntervals().sort()).toEqual([
    'prometheus-pushgateway',
    'prometheus-pushgateway:billing',
  ]);
  const modules = [...context.get(ModulesContainer).values()];
  expect(modules.filter(({ metatype }) => metatype === ScheduleModule)).toHaveLength(1);
});

it('is in memory with the others in a test', async () => {
  const real = (job: string) => ({ prometheus: { jobs: [job] } });
  const module = await metricsInMemory(
    Test.createTestingModule({
      imports: [
        PrometheusPushgatewayModule.forRoot(real('shop')),
        PrometheusPushgatewayModule.forRoot({ ...real('billing'), name: 'billing' }),
      ],
    }),
  ).compile();
  app = await module.init();
  const metrics = app.get<MetricsService>(getMetricsServiceToken('billing'));
  metrics.counter({ name: 'invoices_total', help: 'Invoices' }).inc(6);
  await expectMetric(app, 'invoices_total', 6);
  await metrics.push();
  expect(recordedPushes(app)).toEqual([expect.objectContaining({ job: 'billing' })]);
});
