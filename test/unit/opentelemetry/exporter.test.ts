import { Logger } from '@nestjs/common';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  type CollectionResult,
  MeterProvider,
  MetricReader,
  type PushMetricExporter,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import {
  PushgatewayMetricExporter,
  PrometheusPushgatewayOpenTelemetryModule,
} from 'nestjs-prometheus-pushgateway/opentelemetry';
import { NativeCounts } from '../../../lib/model/index.js';
import { nativeCounts } from '../../../lib/opentelemetry/native-counts.js';
import { type App, startApp } from '../../integration/app.js';

/** Collects when it is told to, as a reader that exports does. */
class Reader extends MetricReader {
  constructor(private readonly exporter: PushMetricExporter) {
    super({
      aggregationTemporalitySelector: (type) =>
        exporter.selectAggregationTemporality?.(type) ?? AggregationTemporality.DELTA,
    });
  }

  /** @throws what the export fails with */
  async send(): Promise<CollectionResult> {
    const collected = await this.collect();
    await new Promise<void>((resolve, reject) => {
      this.exporter.export(collected.resourceMetrics, ({ error }) => {
        if (error) reject(error);
        else resolve();
      });
    });
    return collected;
  }

  protected async onForceFlush(): Promise<void> {
    await this.send();
    await this.exporter.forceFlush();
  }

  protected onShutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}

const OPTIONS: PrometheusPushgatewayModuleOptions = {
  prometheus: { jobs: ['other', 'shop/orders'] },
  pushgateway: { redis: 'memory', groupingLabels: { region: 'eu' } },
  autoPush: false,
};
const resource = resourceFromAttributes({ 'service.namespace': 'shop', 'service.name': 'orders' });

interface Process {
  readonly exporter: PushgatewayMetricExporter;
  readonly provider: MeterProvider;
  readonly reader: Reader;
}

const apps: App[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const app of apps.splice(0)) await app.close();
});

function measure(views: ViewOptions[] = [], exporter = new PushgatewayMetricExporter({ scopeLabels: false })): Process {
  const reader = new Reader(exporter);
  return { exporter, reader, provider: new MeterProvider({ resource, readers: [reader], views }) };
}

async function start({ exporter, provider }: Process): Promise<App> {
  const module = PrometheusPushgatewayOpenTelemetryModule.forRoot({ exporter, meterProvider: provider });
  const app = await startApp(OPTIONS, [module]);
  apps.push(app);
  return app;
}

async function samples(app: App, job = 'shop/orders'): Promise<string[]> {
  return (await app.metrics.text(job)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('what the SDK collects', () => {
  it('is counted once: deltas add up, values stand', async () => {
    const process = measure();
    const meter = process.provider.getMeter('test');
    const orders = meter.createCounter('orders', { unit: '{order}', description: 'Orders placed' });
    const open = meter.createUpDownCounter('open.orders');
    const size = meter.createHistogram('order.size', { unit: 'By', advice: { explicitBucketBoundaries: [1, 10] } });
    const level = meter.createGauge('tank.level', { unit: '1' });
    let ticks = 5;
    meter.createObservableCounter('ticks').addCallback((result) => {
      result.observe(ticks);
    });
    const app = await start(process);
    orders.add(2, { 'order.type': 'blue' });
    open.add(3);
    size.record(1);
    size.record(11);
    level.record(0.5);
    await process.reader.send();
    ticks = 7;
    orders.add(1, { 'order.type': 'blue' });
    orders.add(1);
    open.add(-1);
    size.record(5);
    await process.reader.send();
    await process.reader.send();
    expect((await samples(app)).sort()).toEqual(
      [
        'open_orders 2',
        'order_size_bytes_bucket{le="1"} 1',
        'order_size_bytes_bucket{le="10"} 2',
        'order_size_bytes_bucket{le="+Inf"} 3',
        'order_size_bytes_sum 17',
        'order_size_bytes_count 3',
        'orders_total{order_type="blue"} 3',
        'orders_total 1',
        'tank_level_ratio 0.5',
        'ticks_total 7',
      ].sort(),
    );
    expect(await app.metrics.text('shop/orders')).toContain('# HELP orders_total Orders placed\n');
    expect(await samples(app, 'other')).toEqual([]);
  });

  it('is one series where attributes differ in an empty text, and is added up', async () => {
    const process = measure();
    const meter = process.provider.getMeter('test');
    const [requests, open] = [meter.createCounter('requests'), meter.createUpDownCounter('open')];
    const app = await start(process);
    for (const attributes of [{ route: '' }, {}, { route: 'a' }]) {
      requests.add(5, attributes);
      open.add(2, attributes);
    }
    await process.reader.send();
    expect((await samples(app)).sort()).toEqual([
      'open 4',
      'open{route="a"} 2',
      'requests_total 10',
      'requests_total{route="a"} 5',
    ]);
  });

  it('waits for the application, and is refused when that has ended', async () => {
    const process = measure();
    const orders = process.provider.getMeter('test').createCounter('orders');
    orders.add(2);
    await process.reader.send();
    await expect(process.exporter.forceFlush()).rejects.toThrow('1 exports wait for the application to start');
    const app = await start(process);
    orders.add(1);
    await process.exporter.forceFlush();
    expect(await samples(app)).toEqual(['orders_total 2']);
    const clear = jest.spyOn(app.metrics, 'flush');
    apps.splice(0);
    await app.close();
    // What was measured since the last export came with the end.
    expect(clear).toHaveBeenCalledTimes(1);
    await expect(process.reader.send()).rejects.toThrow('the application has ended');
  });

  it('fails when too much waits, or after the shutdown', async () => {
    const process = measure();
    for (let at = 0; at < 100; at++) await process.reader.send();
    await expect(process.reader.send()).rejects.toThrow('100 exports wait for the application to start already');
    const other = measure();
    await start(other);
    await other.exporter.shutdown();
    await expect(other.reader.send()).rejects.toThrow('the exporter has been shut down');
  });

  it('has labels of the scope, and of no group', async () => {
    const process = measure([], new PushgatewayMetricExporter());
    const app = await start(process);
    process.provider.getMeter('lib', '1.2').createCounter('orders').add(1, { region: 'us', job: 'x' });
    await process.reader.send();
    expect(await samples(app)).toEqual([
      'orders_total{exported_job="x",exported_region="us",otel_scope_name="lib",otel_scope_version="1.2"} 1',
    ]);
  });

  it('goes to one overflow series past the limit', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const process = measure();
    const module = PrometheusPushgatewayOpenTelemetryModule.forRoot({ exporter: process.exporter });
    const app = await startApp({ ...OPTIONS, maxSeriesPerMetric: 2 }, [module]);
    apps.push(app);
    const orders = process.provider.getMeter('test').createCounter('orders');
    for (const type of ['a', 'b', 'c', 'd']) orders.add(1, { type });
    await process.reader.send();
    expect((await samples(app)).sort()).toEqual([
      'orders_total{overflow="true"} 2',
      'orders_total{type="a"} 1',
      'orders_total{type="b"} 1',
    ]);
  });

  it('is added up in the overflow series, at each export anew, where it goes up and down', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const process = measure();
    const module = PrometheusPushgatewayOpenTelemetryModule.forRoot({ exporter: process.exporter });
    const app = await startApp({ ...OPTIONS, maxSeriesPerMetric: 2 }, [module]);
    apps.push(app);
    const open = process.provider.getMeter('test').createUpDownCounter('open');
    for (const [at, type] of ['a', 'b', 'c', 'd', 'e'].entries()) open.add(at + 1, { type });
    for (let round = 0; round < 2; round++) {
      await process.reader.send();
      expect((await samples(app)).sort()).toEqual(['open{overflow="true"} 12', 'open{type="a"} 1', 'open{type="b"} 2']);
    }
  });

  it('is left out where it clashes, which is said once, and the rest counts', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const process = measure();
    const app = await start(process);
    app.metrics.counter({ name: 'orders_total', help: 'Orders', jobs: ['shop/orders'] });
    const meter = process.provider.getMeter('test');
    const [orders, others] = [meter.createCounter('orders'), meter.createCounter('others')];
    for (let round = 0; round < 2; round++) {
      orders.add(1);
      others.add(1);
      await process.reader.send();
    }
    expect((await samples(app)).sort()).toEqual(['orders_total 0', 'others_total 2']);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^Metric "orders" of OpenTelemetry is not counted: Metric "orders_total" is already defined as counted by a handle/,
        ),
      ],
    ]);
  });

  it('is refused with another temporality: it would be counted again', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const process = measure();
    const app = await start(process);
    jest.spyOn(process.exporter, 'selectAggregationTemporality').mockReturnValue(1);
    const cumulative = measure([], process.exporter);
    cumulative.provider.getMeter('test').createCounter('orders').add(1);
    await cumulative.reader.send();
    expect(await samples(app)).toEqual([]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('expected delta temporality')]]);
  });
});

describe('exponential histograms', () => {
  const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM as const, options: { maxSize: 160 } };
  const view: ViewOptions = { instrumentName: 'spans', aggregation };

  it('are native ones, bucket by bucket', async () => {
    const process = measure([view]);
    const spans = process.provider.getMeter('test').createHistogram('spans');
    const app = await start(process);
    for (const value of [0, 1, 1, 2, 4]) spans.record(value);
    await process.reader.send();
    spans.record(3);
    await process.reader.send();
    // As text it has no buckets.
    expect(await samples(app)).toEqual(expect.arrayContaining(['spans_count 6', 'spans_sum 11']));
  });

  it.each([
    ['wide', (): number => Math.exp(Math.random() * 40 - 20)],
    ['narrow', (): number => 1 + Math.random() / 1_000],
    ['of both signs', (): number => Math.exp(Math.random() * 10) * (Math.random() < 0.5 ? -1 : 1)],
    ['tiny', (): number => (Math.random() < 0.5 ? 0 : 2 ** (-130 + Math.random() * 4))],
  ])('%s values: the same buckets as observed one by one', async (_, value) => {
    const process = measure([view]);
    const spans = process.provider.getMeter('test').createUpDownCounter('spans');
    const values = Array.from({ length: 500 }, value);
    for (const one of values) spans.add(one);
    const [metric] = (await process.reader.collect()).resourceMetrics.scopeMetrics[0]?.metrics ?? [];
    const point = metric?.dataPoints[0]?.value as Parameters<typeof nativeCounts>[0];
    const native = nativeCounts(point);
    const { schema } = native ?? { schema: 0 };
    const observed = new NativeCounts(schema, 1_000);
    for (const one of values) observed.observe(one, 2 ** -128);
    expect(native).toEqual(observed.value);
  });

  it('are refused where no schema is so coarse', () => {
    const none = { offset: 0, bucketCounts: [] };
    expect(nativeCounts({ count: 0, scale: -5, zeroCount: 0, positive: none, negative: none })).toBeUndefined();
  });
});
