import { type INestApplicationContext, Inject, Injectable, Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type Counter,
  defineCounter,
  defineGauge,
  defineHistogram,
  defineSummary,
  exponentialBuckets,
  type Gauge,
  getMetricToken,
  type Histogram,
  InjectMetric,
  linearBuckets,
  type MetricOf,
  MetricsService,
  PrometheusPushgatewayModule,
  type Summary,
} from 'nestjs-prometheus-pushgateway';

@Injectable()
class Queue {
  waiting = 7;
  count(kind: string): Promise<number> {
    return Promise.resolve(kind === 'mail' ? this.waiting : 0);
  }
}

const orders = defineCounter({ name: 'orders_total', help: 'Orders', labelNames: ['type'], namespace: 'shop' });
const plain = defineCounter({ name: 'plain_total', help: 'Plain' });
const depth = defineGauge({
  name: 'queue_depth',
  help: 'Jobs that wait',
  labelNames: ['queue'],
  inject: [Queue, 'UNIT', { token: 'NOBODY', optional: true }],
  collect: async (gauge, queue, unit, nobody) => {
    gauge.set({ queue: 'mail' }, (await queue.count('mail')) * (unit as number));
    if (nobody !== undefined) throw new Error('Somebody');
  },
});
const seconds = defineHistogram({ name: 'seconds', help: 'Seconds', buckets: linearBuckets(1, 2, 3) });
const bytes = defineSummary({ name: 'bytes', help: 'Bytes', labelNames: ['a', 'b'] });
const heap = defineGauge({
  name: 'heap',
  help: 'Heap',
  aggregation: 'sum',
  collect() {
    this.set(3);
  },
});

@Injectable()
class Shop {
  /** As a property it may have the name of its definition; a parameter of that name would hide it. */
  @InjectMetric(orders)
  readonly orders!: MetricOf<typeof orders>;

  constructor(
    @InjectMetric(plain) readonly unlabelled: MetricOf<typeof plain>,
    @InjectMetric('queue_depth') readonly queue: MetricOf<typeof depth>,
    @Inject(getMetricToken(seconds)) readonly took: MetricOf<typeof seconds>,
    @InjectMetric(bytes) readonly size: MetricOf<typeof bytes>,
  ) {}
}

@Module({ providers: [Queue, { provide: 'UNIT', useValue: 2 }] })
class QueueModule {}

const options = { prometheus: { jobs: ['shop'] }, autoPush: false, pushOnShutdown: false } as const;
const pushgateway = { redis: 'memory', host: '127.0.0.1:1' } as const;

let app: INestApplicationContext | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
  jest.restoreAllMocks();
});

async function start(imports: NonNullable<Parameters<typeof Module>[0]['imports']>, providers: Type[] = []) {
  @Module({ imports, providers })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  return app.get(MetricsService, { strict: false });
}

const root = PrometheusPushgatewayModule.forRoot({ ...options, pushgateway });

it('a definition is what forFeature defines and a class injects, its labels typed', async () => {
  const metrics = await start(
    [root, QueueModule, PrometheusPushgatewayModule.forFeature([orders, plain, depth, seconds, bytes])],
    [Shop],
  );
  const shop = app?.get(Shop) as Shop;
  // What the compiler must say: `test/tsconfig.json` is checked with the rest.
  const typed: [Counter<'type'>, Counter<never>, Gauge<'queue'>, Histogram<never>, Summary<'a' | 'b'>] = [
    shop.orders,
    shop.unlabelled,
    shop.queue,
    shop.took,
    shop.size,
  ];
  expect(typed.map(({ name }) => name)).toEqual([
    'shop_orders_total',
    'plain_total',
    'queue_depth',
    'seconds',
    'bytes',
  ]);
  shop.orders.inc({ type: 'blue' });
  const otherLabel = (): void => {
    // @ts-expect-error It has another label.
    shop.orders.inc({ kind: 'blue' });
  };
  expect(otherLabel).toThrow('Unknown label "kind"');
  const anyLabel = (): void => {
    // @ts-expect-error It has no labels.
    shop.unlabelled.inc({ type: 'blue' });
  };
  expect(anyLabel).toThrow('Unknown label "type"');
  shop.took.observe(2);
  const text = await metrics.text();
  expect(text).toContain('shop_orders_total{type="blue"} 1\n');
  expect(text).toContain('seconds_bucket{le="1"} 0\nseconds_bucket{le="3"} 1\n');
});

it('forRoot takes definitions too, and define() gives the same handle', async () => {
  const metrics = await start([
    PrometheusPushgatewayModule.forRoot({ ...options, pushgateway, metrics: [orders, plain] }),
  ]);
  metrics.define(orders).inc({ type: 'red' });
  expect(metrics.define(orders)).toBe(metrics.define(orders));
  expect(await metrics.text()).toContain('plain_total 0\n# HELP shop_orders_total Orders\n');
});

it('collect gets the handle and what it injects, wherever that is provided, before a push', async () => {
  const metrics = await start([root, PrometheusPushgatewayModule.forFeature([depth, heap]), QueueModule]);
  expect(await metrics.text()).not.toContain('queue_depth{');
  // No gateway is there: what was collected is stored all the same.
  const { outcome, reason } = await metrics.push();
  expect([outcome, reason]).toEqual(['failed', expect.not.stringContaining('collect')]);
  expect(await metrics.text()).toContain('queue_depth{queue="mail"} 14\n');
  expect(await metrics.text()).toContain('heap 3\n');
});

it('what collect injects and nobody provides ends the start of the application', async () => {
  const lost = defineGauge({
    name: 'lost',
    help: 'Lost',
    inject: [Queue],
    collect: (gauge, queue) => {
      gauge.set(queue.waiting);
    },
  });
  await expect(start([root, PrometheusPushgatewayModule.forFeature([lost])])).rejects.toMatchObject({
    code: 'ERR_CONFIGURATION',
    message: expect.stringContaining('Metric "lost" collects with "Queue", which cannot be injected') as string,
  });
});

it('says that nobody reads what each process collects where nothing is pushed by a schedule', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  await start([root, PrometheusPushgatewayModule.forFeature([heap])]);
  expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
    expect.stringContaining(
      "Metrics that each process collects (collectBy: 'each') are read before pushes of this process",
    ),
  ]);
});

it('one metric is collected by one function', async () => {
  const metrics = await start([root, QueueModule, PrometheusPushgatewayModule.forFeature([depth])]);
  expect(() => metrics.define({ ...depth, collect: () => undefined })).toThrow(
    'Metric "queue_depth" is already collected by another function (by forFeature of AppModule): give one "collect"',
  );
});

it.each<[object, string]>([
  [{ collect: 5 }, 'Invalid collect of metric "a": expected a function'],
  [{ inject: [Queue] }, 'Invalid inject of metric "a": expected it only with "collect"'],
  [{ collect: () => 1, inject: [undefined] }, 'Invalid inject of metric "a": expected an array of injection tokens'],
  [{ collect: () => 1, collectBy: 'all' }, 'Invalid collectBy of metric "a": expected "one" or "each"'],
  [{ collect: () => 1, collectTimeoutMs: 20_000 }, 'a whole number of milliseconds from 1 to 10000'],
])('refuses %j', async (wrong, message) => {
  const metrics = await start([root]);
  expect(() => metrics.define({ name: 'a', help: 'A', type: 'gauge', ...wrong })).toThrow(message);
});

it('makes buckets as prom-client does', () => {
  expect(linearBuckets(0, 50, 5)).toEqual([0, 50, 100, 150, 200]);
  expect(linearBuckets(-10, 5, 3)).toEqual([-10, -5, 0]);
  expect(exponentialBuckets(1, 2, 4)).toEqual([1, 2, 4, 8]);
  for (const [make, message] of [
    [() => linearBuckets(0, 50, 0), 'linearBuckets: expected a whole number of buckets, at least 1, got 0'],
    [() => linearBuckets(0, 0, 2), 'linearBuckets: expected a width greater than 0, got 0'],
    [() => exponentialBuckets(0, 2, 4), 'exponentialBuckets: expected a start greater than 0, got 0'],
    [() => exponentialBuckets(1, 1, 4), 'exponentialBuckets: expected a factor greater than 1, got 1'],
    [() => exponentialBuckets(NaN, 2, 4), 'exponentialBuckets: expected start to be a number, got NaN'],
  ] as const) {
    expect(make).toThrow(message);
  }
});
