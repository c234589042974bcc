import { Logger } from '@nestjs/common';
import { errorOf, startProcess, stopProcesses, valuesOf } from './support.js';

const WARN = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
const OVERFLOW = 'orders_total{overflow="true"}';

beforeEach(() => WARN.mockClear());
afterEach(stopProcesses);

const ordersOf = (limits: { maxSeriesPerMetric?: number; maxLabelValueLength?: number }) =>
  startProcess({ limits }).metrics.counter({
    name: 'orders_total',
    help: 'Orders',
    labelNames: ['type'],
  });

describe('maxSeriesPerMetric', () => {
  it('counts what is past it in one series, so that the total is whole, and warns once', async () => {
    const orders = ordersOf({ maxSeriesPerMetric: 2 });
    for (const type of ['a', 'b', 'c', 'd', 'c', 'a']) orders.inc({ type });
    orders.labels('e').inc(5);
    expect(await valuesOf(orders)).toEqual({
      'orders_total{type="a"}': 2,
      'orders_total{type="b"}': 1,
      [OVERFLOW]: 8,
    });
    expect(WARN.mock.calls).toEqual([
      [
        'Metric "orders_total" got more than 2 label sets in this process (maxSeriesPerMetric): ' +
          'what does not fit is counted in its series {overflow="true"}',
      ],
    ]);
  });

  it('warns each metric, and counts each by itself', async () => {
    const { metrics } = startProcess({ limits: { maxSeriesPerMetric: 1 } });
    const handles = ['a_total', 'b_total'].map((name) => metrics.counter({ name, help: 'x', labelNames: ['l'] }));
    for (const handle of handles) for (const l of [1, 2, 3]) handle.inc({ l });
    for (const handle of handles) {
      expect(await valuesOf(handle)).toEqual({
        [`${handle.name}{l="1"}`]: 1,
        [`${handle.name}{overflow="true"}`]: 2,
      });
    }
    expect(WARN).toHaveBeenCalledTimes(2);
  });

  it('holds for all types and for every job of a metric', async () => {
    const { metrics } = startProcess({ limits: { maxSeriesPerMetric: 1 } });
    const common = { help: 'x', labelNames: ['l'] as const, jobs: ['shop', 'stock'] };
    const depth = metrics.gauge({ name: 'depth', ...common });
    const seconds = metrics.histogram({ name: 'seconds', buckets: [1], ...common });
    const bytes = metrics.summary({ name: 'bytes', quantiles: [0.5], ...common });
    for (const l of ['1', '2', '3']) {
      depth.inc({ l }, 2);
      seconds.observe({ l }, 0.5);
      bytes.observe({ l }, 7);
    }
    expect(await valuesOf(depth)).toEqual({ 'depth{l="1"}': 2, 'depth{overflow="true"}': 4 });
    expect(await valuesOf(seconds)).toMatchObject({ 'seconds_count{overflow="true"}': 2, 'seconds_count{l="1"}': 1 });
    expect(await valuesOf(bytes)).toMatchObject({ 'bytes_sum{overflow="true"}': 14, 'bytes_sum{l="1"}': 7 });
    const ofStock = await metrics.text('stock');
    expect(ofStock).toContain('depth{overflow="true"} 4\n');
    expect(ofStock).toContain('seconds_bucket{overflow="true",le="1"} 2\n');
    depth.set({ l: 'x' }, 40);
    depth.set({ l: 'y' }, 41);
    expect(await valuesOf(depth)).toEqual({ 'depth{l="1"}': 2, 'depth{overflow="true"}': 41 });
  });

  it('gives a place back with each series that is removed', async () => {
    const orders = ordersOf({ maxSeriesPerMetric: 2 });
    for (const type of ['a', 'b']) orders.inc({ type });
    orders.remove('a');
    orders.inc({ type: 'c' });
    orders.inc({ type: 'd' });
    expect(await valuesOf(orders)).toEqual({ 'orders_total{type="b"}': 1, 'orders_total{type="c"}': 1, [OVERFLOW]: 1 });
    orders.remove('d');
    expect(await valuesOf(orders)).toHaveProperty([OVERFLOW], 1);
    orders.reset();
    for (const type of ['e', 'f', 'g']) orders.inc({ type });
    expect(await valuesOf(orders)).toEqual({ 'orders_total{type="e"}': 1, 'orders_total{type="f"}': 1, [OVERFLOW]: 1 });
  });

  it('takes a number and its text for one series', async () => {
    const orders = ordersOf({ maxSeriesPerMetric: 1 });
    orders.inc({ type: 1 });
    orders.inc({ type: '1' });
    orders.inc({ type: 2 });
    expect(await valuesOf(orders)).toEqual({ 'orders_total{type="1"}': 2, [OVERFLOW]: 1 });
  });
});

describe('maxLabelValueLength', () => {
  it('counts longer values in the overflow series, and tells how long, not what', async () => {
    const orders = ordersOf({ maxLabelValueLength: 3 });
    orders.inc({ type: 'abc' });
    orders.inc({ type: 's3cret' }, 2);
    orders.inc({ type: 'x'.repeat(1_000_000) }, 3);
    expect(await valuesOf(orders)).toEqual({ 'orders_total{type="abc"}': 1, [OVERFLOW]: 5 });
    expect(WARN.mock.calls).toEqual([
      [
        'Metric "orders_total" got a value of label "type" of 6 characters, more than 3 (maxLabelValueLength): ' +
          'what does not fit is counted in its series {overflow="true"}',
      ],
    ]);
  });
});

describe('maxMetrics', () => {
  it('refuses one definition more, and gives back those there are', () => {
    const { metrics } = startProcess({ limits: { maxMetrics: 2 } });
    const first = metrics.counter({ name: 'a_total', help: 'x' });
    metrics.gauge({ name: 'b', help: 'x' });
    expect(errorOf(() => metrics.counter({ name: 'c_total', help: 'x' }))).toMatchObject({
      code: 'ERR_METRIC_DEFINITION',
      message:
        'Metric "c_total" is one too many: expected at most 2 metric definitions (maxMetrics). ' +
        'What varies belongs in a label, not in a name',
    });
    expect(metrics.counter({ name: 'a_total', help: 'x' })).toBe(first);
  });
});
