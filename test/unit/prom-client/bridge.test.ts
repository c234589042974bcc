import { Logger } from '@nestjs/common';
import {
  Counter,
  Gauge,
  Histogram,
  PrometheusPushgatewayPromClientModule,
  register,
} from 'nestjs-prometheus-pushgateway/prom-client';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { lateMetrics } from '../../../lib/prom-client/late-metric.js';
import { familiesOf } from '../../../lib/prom-client/registry.js';
import { type App, startApp } from '../../integration/app.js';

const OPTIONS: PrometheusPushgatewayModuleOptions = {
  prometheus: { jobs: ['shop'] },
  pushgateway: { redis: 'memory' },
  autoPush: false,
};
const apps: App[] = [];
const start = async (): Promise<App> => {
  const app = await startApp(OPTIONS, [PrometheusPushgatewayPromClientModule.forRoot()]);
  apps.push(app);
  return app;
};

beforeEach(() => {
  (lateMetrics() as Map<string, unknown>).clear();
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const app of apps.splice(0)) await app.close();
});

describe('a registry', () => {
  it('is read by its shape: names of lines, labels that are numbers or left out', async () => {
    const registry = {
      getMetricsAsJSON: () => [
        {
          ...{ name: 'jobs', help: 'Jobs', type: 'histogram', aggregator: 'sum' },
          values: [
            { metricName: 'jobs_bucket', labels: { le: 0.5, at: undefined }, value: 1, exemplar: null },
            { metricName: 'jobs_sum', labels: {}, value: 2 },
          ],
        },
        { name: 'up', help: 'Up', type: 'gauge', values: [{ value: 1 }] },
        { name: 'none', help: 'None', type: 'counter' },
      ],
    };
    expect(await familiesOf(registry)).toEqual([
      {
        ...{ name: 'jobs', help: 'Jobs', type: 'histogram' },
        values: [
          { metricName: 'jobs_bucket', labels: { le: '0.5' }, value: 1 },
          { metricName: 'jobs_sum', labels: {}, value: 2 },
        ],
      },
      { name: 'up', help: 'Up', type: 'gauge', values: [{ metricName: 'up', labels: {}, value: 1 }] },
      { name: 'none', help: 'None', type: 'counter', values: [] },
    ]);
  });

  it('is refused with a type that text does not have', async () => {
    const registry = { getMetricsAsJSON: () => [{ name: 'up', help: 'Up', type: 'info', values: [] }] };
    await expect(familiesOf(registry)).rejects.toThrow(
      'Metric "up": expected one of counter, gauge, histogram, summary, got info',
    );
  });

  it('is refused if it is none', () => {
    expect(() => PrometheusPushgatewayPromClientModule.forRoot({ registries: [{} as never] })).toThrow(
      'registries.0: expected a registry with getMetricsAsJSON(), as prom-client has it',
    );
  });
});

describe('a metric made by its constructor', () => {
  it('keeps what is counted before the start', async () => {
    const counter = new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] as const });
    counter.inc({ type: 'blue' });
    const child = counter.labels('blue');
    child.inc(2);
    const gauge = new Gauge({ name: 'level', help: 'Level' });
    gauge.set(7);
    await expect(register.metrics()).rejects.toThrow('forRoot() has started');
    await expect(counter.get()).rejects.toThrow('forRoot() has started');
    await start();
    child.inc(4);
    gauge.dec(2);
    expect((await register.metrics()).split('\n')).toEqual(
      expect.arrayContaining(['orders_total{type="blue"} 7', 'level 5']),
    );
    expect((await register.getMetricsAsJSON()).map(({ name }) => name)).toEqual(['orders_total', 'level']);
    expect(register.getSingleMetric('level')).toBe(gauge);
    register.resetMetrics();
    expect((await counter.get()).values).toEqual([]);
  });

  it('is there at once when it is made later', async () => {
    await start();
    const counter = new Counter({ name: 'late_total', help: 'Late' });
    counter.inc(3);
    expect((await counter.get()).values[0]?.value).toBe(3);
    expect(() => {
      counter.inc(-1);
    }).toThrow('late_total');
    counter.remove();
    counter.reset();
    expect((await counter.get()).values[0]?.value).toBe(0);
  });

  it('is collected before a push', async () => {
    const gauge = new Gauge({
      ...{ name: 'depth', help: 'Depth' },
      collect() {
        this.set(3);
      },
    });
    const app = await start();
    await app.metrics.push();
    expect((await gauge.get()).values[0]?.value).toBe(3);
  });

  it('takes exemplars as prom-client does', async () => {
    await start();
    const counter = new Counter({ name: 'traced_total', help: 'Traced', labelNames: ['code'], enableExemplars: true });
    counter.inc({ labels: { code: 200 }, exemplarLabels: { traceId: 'a' } });
    const histogram = new Histogram({ name: 'traced', help: 'Traced', enableExemplars: true });
    histogram.observe({ value: 1, exemplarLabels: { traceId: 'a' } });
    expect((await counter.get()).values).toMatchObject([{ labels: { code: '200' }, value: 1 }]);
    expect((await histogram.get()).values.find(({ metricName }) => metricName === 'traced_sum')?.value).toBe(1);
  });

  it('is refused under a name that is taken, and with what nobody knows', () => {
    new Counter({ name: 'orders_total', help: 'Orders' });
    expect(() => new Counter({ name: 'orders_total', help: 'Orders' })).toThrow('already been registered');
    expect(() => new Counter({ name: 'x_total', help: 'X', percentile: [1] } as never)).toThrow('"percentile"');
  });

  it('says how much it lost if nothing starts for long, and which events were wrong', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const counter = new Counter({ name: 'busy_total', help: 'Busy' });
    counter.inc(-1);
    for (let made = 0; made < 10_002; made++) counter.inc();
    await start();
    expect((await counter.get()).values[0]?.value).toBe(9_999);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('10000 events wait')]]);
    expect(error.mock.calls).toEqual([
      [expect.stringContaining('an event before the start is lost: ')],
      ['Metric "busy_total": 3 events before the start are lost'],
    ]);
  });
});
