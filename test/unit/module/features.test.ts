import { type INestApplicationContext, Injectable, Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type Counter,
  getMetricToken,
  InjectMetric,
  type MetricDefinition,
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

const options: PrometheusPushgatewayModuleOptions = {
  prometheus: { jobs: ['shop'] },
  pushgateway: { redis: 'memory' },
  autoPush: false,
};
const orders: MetricDefinition = { name: 'orders_total', help: 'Orders', type: 'counter' };
const feature = PrometheusPushgatewayModule.forFeature([orders]);
const root = PrometheusPushgatewayModule.forRoot(options);

type Imported = NonNullable<Parameters<typeof Module>[0]['imports']>[number];

let app: INestApplicationContext | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(imports: Imported[], providers: Type[] = [], controllers: Type[] = []): Promise<MetricsService> {
  @Module({ imports, providers, controllers })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  return app.get(MetricsService, { strict: false });
}

@Injectable()
class Shop {
  constructor(@InjectMetric('orders_total') readonly orders: Counter) {}
}
@Module({ imports: [feature], providers: [Shop] })
class ShopModule {}

describe('forFeature', () => {
  it('works in a child module also where forRoot is not global, wherever that is imported', async () => {
    @Module({ imports: [PrometheusPushgatewayModule.forRoot({ ...options, isGlobal: false })] })
    class MetricsModule {}
    const metrics = await start([ShopModule, MetricsModule]);
    app?.get(Shop, { strict: false }).orders.inc(2);
    expect(await metrics.text()).toContain('orders_total 2\n');
  });

  it('says that forRoot is missing', async () => {
    await expect(start([ShopModule])).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      message:
        'forFeature needs PrometheusPushgatewayModule.forRoot(...) or forRootAsync(...): import it in the root module of the application',
    });
  });

  it('says that it cannot choose between several that are not global', async () => {
    const local = (instance: string) =>
      PrometheusPushgatewayModule.forRoot({ ...options, prometheus: { jobs: ['shop'], instance }, isGlobal: false });
    await expect(start([local('one'), local('two'), ShopModule])).rejects.toThrow(
      'forFeature cannot tell which of 2 PrometheusPushgatewayModule to define its metrics in, as none is global',
    );
  });

  it.each([true, false])('leaves faults of the options to be told (global: %s)', async (isGlobal) => {
    const wrong = { ...options, prometheus: { jobs: [] }, isGlobal };
    await expect(start([ShopModule, PrometheusPushgatewayModule.forRoot(wrong)])).rejects.toThrow(
      'prometheus.jobs: expected an array of job names, at least one, got []',
    );
  });

  it('names both modules of definitions that clash', async () => {
    @Module({ imports: [PrometheusPushgatewayModule.forFeature([{ ...orders, type: 'gauge' }])] })
    class StockModule {}
    await expect(start([root, ShopModule, StockModule])).rejects.toThrow(
      /^Metric "orders_total" is already defined as (counter|gauge) \(by forFeature of (Shop|Stock)Module\), now as (counter|gauge) \(by forFeature of (Shop|Stock)Module\): rename one of them$/,
    );
  });

  it('names the options, and nobody where code defines', async () => {
    const metrics = await start([PrometheusPushgatewayModule.forRoot({ ...options, metrics: [orders] })]);
    expect(() => metrics.gauge({ name: 'orders_total', help: 'Orders' })).toThrow(
      'Metric "orders_total" is already defined as counter (by the options of forRoot), now as gauge: rename one of them',
    );
  });
});

describe('@InjectMetric', () => {
  const wanting = (name: string): Type => {
    @Injectable()
    class Wanting {
      constructor(@InjectMetric(name) readonly metric: Counter) {}
    }
    return Wanting;
  };

  it.each([
    ['order_total', '(no forFeature defines it; did you mean "orders_total"? There are: "orders_total")'],
    ['visits', '(no forFeature defines it. There are: "orders_total")'],
    ['orders_total', '(import the forFeature that defines it)'],
  ])('of %s where there is none says what there is', async (name, advice) => {
    await expect(start([root], [wanting(name)])).rejects.toThrow(
      `the argument PrometheusPushgatewayMetric:${name} ${advice} at index [0] is available in the AppModule`,
    );
  });

  it('takes what is given under its token', async () => {
    const Visits = wanting('visits_total');
    const visits = { inc: () => undefined };
    @Module({ providers: [{ provide: getMetricToken('visits_total'), useValue: visits }, Visits] })
    class VisitsModule {}
    await start([root, VisitsModule]);
    expect(app?.get<{ metric: unknown }>(Visits, { strict: false }).metric).toBe(visits);
  });
});

describe('forRoot twice', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  });
  afterEach(() => {
    warn.mockRestore();
  });

  it('is warned of, once', async () => {
    await start([root, PrometheusPushgatewayModule.forRoot({ ...options, prometheus: { jobs: ['stock'] } })]);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^PrometheusPushgatewayModule\.forRoot is imported 2 times\. Injected services and the commands/,
        ),
      ],
    ]);
  });

  it('is no fault where it is the same module', async () => {
    @Module({ imports: [root] })
    class Other {}
    await start([root, Other]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('no options at all', () => {
  it.each([undefined, null])('forRoot(%p) says what is missing', async (nothing) => {
    const untyped = PrometheusPushgatewayModule.forRoot(nothing as unknown as PrometheusPushgatewayModuleOptions);
    await expect(start([untyped])).rejects.toThrow('prometheus: expected an object, got nothing');
  });

  it.each([undefined, {}])('forRootAsync(%p) says what is missing', (nothing) => {
    expect(() => PrometheusPushgatewayModule.forRootAsync(nothing as unknown as { useFactory: () => never })).toThrow(
      'forRootAsync: expected one of useFactory, useClass and useExisting, got none',
    );
  });
});

describe('a name that modules of other libraries have', () => {
  it.each([
    ['register', 'forRoot'],
    ['registerAsync', 'forRootAsync'],
  ])('%s says that it is %s', (foreign, ours) => {
    const untyped = PrometheusPushgatewayModule as unknown as Record<string, () => unknown>;
    expect(() => untyped[foreign]?.()).toThrow(`PrometheusPushgatewayModule has no ${foreign}(): here it is ${ours}()`);
    expect(Object.keys(untyped)).not.toContain(foreign);
  });
});
