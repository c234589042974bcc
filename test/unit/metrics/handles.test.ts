import { Logger } from '@nestjs/common';
import type { StoredFamily } from '../../../lib/store/index.js';
import { startProcess, stopProcesses, valuesOf } from './support.js';

const definition = { name: 'metric', help: 'x' };
const labelled = { ...definition, labelNames: ['type'] } as const;

afterEach(async () => {
  await stopProcesses();
  jest.restoreAllMocks();
});

describe('a series', () => {
  it('is one for a number and for its text', async () => {
    const counter = startProcess().metrics.counter(labelled);
    for (const type of [5, '5', -0, 0, '0', 1e21, '1e+21', Number.NaN, 'NaN', 0.1, '0.1', Infinity])
      counter.inc({ type });
    counter.labels(5).inc(10);
    counter.labels('5').inc(100);
    expect(await valuesOf(counter)).toEqual({
      'metric{type="5"}': 112,
      'metric{type="0"}': 3,
      'metric{type="1e+21"}': 2,
      'metric{type="NaN"}': 2,
      'metric{type="0.1"}': 2,
      'metric{type="Infinity"}': 1,
    });
  });

  it('is another for every other text that means the same number', async () => {
    const counter = startProcess().metrics.counter(labelled);
    for (const type of ['5', '5.0', '05', ' 5', '5e0', '0x5', '']) counter.inc({ type });
    counter.inc({ type: 5 });
    counter.inc({ type: 0 });
    const values = await valuesOf(counter);
    expect(Object.keys(values)).toHaveLength(8);
    expect(values).toMatchObject({
      'metric{type="5"}': 2,
      'metric{type="5.0"}': 1,
      'metric{type=""}': 1,
      'metric{type="0"}': 1,
    });
  });

  it('stays one for a number and its text after it was removed', async () => {
    const counter = startProcess().metrics.counter(labelled);
    counter.inc({ type: 5 });
    counter.remove({ type: 5 });
    counter.inc({ type: '5' });
    counter.remove('5');
    counter.inc({ type: 5 }, 3);
    counter.inc({ type: '5' }, 4);
    expect(await valuesOf(counter)).toEqual({ 'metric{type="5"}': 7 });
  });

  it('may have values that objects inherit', async () => {
    const counter = startProcess().metrics.counter(labelled);
    const values = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''];
    for (const type of values) counter.inc({ type });
    for (const type of values) counter.inc({ type });
    const lines = Object.fromEntries(values.map((type) => [`metric{type=${JSON.stringify(type)}}`, 2]));
    expect(await valuesOf(counter)).toEqual(lines);
  });

  it('may have labels named as what objects inherit', async () => {
    const labelNames = ['constructor', 'toString', 'hasOwnProperty'] as const;
    const gauge = startProcess().metrics.gauge({ ...definition, labelNames });
    gauge.set({ constructor: 'a', toString: 'b', hasOwnProperty: 'c' }, 1);
    gauge.labels('a', 'b', 'c').inc(2);
    gauge.labels('a', 'b', 'd').inc(5);
    gauge.remove('a', 'b', 'd');
    expect(await valuesOf(gauge)).toEqual({ 'metric{constructor="a",hasOwnProperty="c",toString="b"}': 3 });
    expect(() => {
      gauge.set({ toString: 'b', hasOwnProperty: 'c' } as never, 1);
    }).toThrow('Missing label "constructor" for metric "metric": expected constructor, toString, hasOwnProperty');
  });

  it('takes labels from an object without prototype and from one of a class', async () => {
    const counter = startProcess().metrics.counter(labelled);
    class Labels {
      type = 'a';
    }
    counter.inc(Object.assign(Object.create(null) as { type: string }, { type: 'a' }));
    counter.inc(new Labels());
    expect(await valuesOf(counter)).toEqual({ 'metric{type="a"}': 2 });
  });

  it('keeps hostile values apart and brings them back', async () => {
    const counter = startProcess().metrics.counter({ ...definition, labelNames: ['a', 'b'] });
    counter.inc({ a: '",b="', b: '' });
    counter.inc({ a: '', b: '",b="' });
    counter.inc({ a: '\\', b: '\n\u{1f600}' });
    const { values } = await counter.get();
    expect(values.map(({ labels }) => ({ ...labels }))).toEqual([
      { a: '",b="', b: '' },
      { a: '', b: '",b="' },
      { a: '\\', b: '\n\u{1f600}' },
    ]);
  });

  it('counts apart for values that differ in one of three labels', async () => {
    const counter = startProcess().metrics.counter({ ...definition, labelNames: ['a', 'b', 'c'] });
    for (const a of [1, 2])
      for (const b of [1, 2]) for (const c of [1, 2]) counter.inc({ a, b, c }, 100 * a + 10 * b + c);
    const values = await valuesOf(counter);
    expect(Object.keys(values)).toHaveLength(8);
    expect(values['metric{a="2",b="1",c="2"}']).toBe(212);
  });
});

describe('a kept child', () => {
  it('is the one that labels() finds', () => {
    const counter = startProcess().metrics.counter(labelled);
    expect(counter.labels('a')).toBe(counter.labels({ type: 'a' }));
    expect(counter.labels('5')).toBe(counter.labels(5));
  });

  it('counts on after its series was removed', async () => {
    const counter = startProcess().metrics.counter(labelled);
    const child = counter.labels('a');
    child.inc(5);
    counter.remove('a');
    child.inc(2);
    counter.inc({ type: 'a' }, 10);
    expect(await valuesOf(counter)).toEqual({ 'metric{type="a"}': 12 });
  });

  it('loses nothing when its series is removed again and it counts before that and after', async () => {
    const counter = startProcess().metrics.counter(labelled);
    const child = counter.labels('a');
    counter.remove('a');
    await counter.get();
    child.inc(3);
    counter.remove('a');
    child.inc(7);
    expect(await valuesOf(counter)).toEqual({ 'metric{type="a"}': 7 });
  });

  it('leaves nothing behind when its series is removed once more', async () => {
    const counter = startProcess().metrics.counter(labelled);
    const child = counter.labels('a');
    counter.remove('a');
    await counter.get();
    counter.inc({ type: 'a' });
    child.inc(3);
    counter.remove('a');
    expect(await valuesOf(counter)).toEqual({});
  });

  it('sets a gauge after reset() no earlier than the calls before it', async () => {
    const gauge = startProcess().metrics.gauge(labelled);
    const child = gauge.labels('a');
    gauge.reset();
    child.set(1);
    gauge.set({ type: 'a' }, 2);
    child.set(3);
    expect(await valuesOf(gauge)).toEqual({ 'metric{type="a"}': 3 });
  });

  it('sets a gauge after remove() no earlier than the calls before it', async () => {
    const gauge = startProcess().metrics.gauge(labelled);
    const child = gauge.labels('a');
    gauge.remove('a');
    child.set(1);
    gauge.set({ type: 'a' }, 2);
    child.set(3);
    expect(await valuesOf(gauge)).toEqual({ 'metric{type="a"}': 3 });
  });

  it('counts on after everything was flushed', async () => {
    const { metrics } = startProcess();
    const counter = metrics.counter(labelled);
    const child = counter.labels('a');
    child.inc(5);
    await metrics.clear();
    child.inc(2);
    counter.inc({ type: 'a' });
    expect(await valuesOf(counter)).toEqual({ 'metric{type="a"}': 3 });
  });
});

describe('zero()', () => {
  it('makes a series at 0', async () => {
    const { metrics } = startProcess();
    const counter = metrics.counter(labelled);
    const gauge = metrics.gauge({ ...labelled, name: 'gauge' });
    const summary = metrics.summary({ ...labelled, name: 'summary', quantiles: [] });
    counter.zero({ type: 'a' });
    gauge.zero({ type: 'a' });
    summary.zero({ type: 'a' });
    expect(await valuesOf(counter)).toEqual({ 'metric{type="a"}': 0 });
    expect(await valuesOf(gauge)).toEqual({ 'gauge{type="a"}': 0 });
    expect(await valuesOf(summary)).toEqual({ 'summary_sum{type="a"}': 0, 'summary_count{type="a"}': 0 });
  });

  it('leaves what this or another process has counted', async () => {
    const { metrics, store } = startProcess();
    const other = startProcess({ store }).metrics.counter(labelled);
    other.inc({ type: 'a' }, 5);
    await other.get();
    const counter = metrics.counter(labelled);
    counter.zero({ type: 'a' });
    counter.inc({ type: 'b' }, 2);
    counter.zero({ type: 'b' });
    expect(await valuesOf(counter)).toEqual({ 'metric{type="a"}': 5, 'metric{type="b"}': 2 });
  });
});

describe('reset()', () => {
  it('removes what every process has counted until then', async () => {
    const { metrics, store } = startProcess();
    const other = startProcess({ store }).metrics.counter(labelled);
    other.inc({ type: 'b' }, 5);
    await other.get();
    const counter = metrics.counter(labelled);
    counter.inc({ type: 'a' });
    await counter.get();
    counter.reset();
    counter.inc({ type: 'c' });
    expect(await valuesOf(other)).toEqual({ 'metric{type="b"}': 5, 'metric{type="a"}': 1 });
    expect(await valuesOf(counter)).toEqual({ 'metric{type="c"}': 1 });
  });

  it('of a native histogram has its observations in all its jobs, and shows what text can', async () => {
    const { metrics, store } = startProcess();
    const jobs = ['shop', 'stock'];
    const sizes = metrics.histogram({ ...definition, name: 'sizes', native: {}, jobs });
    sizes.observe(3);
    sizes.labels().observe(-1);
    expect(() => {
      sizes.observe(Number.NaN);
    }).toThrow('Invalid value for metric "sizes": expected a finite number, got NaN');
    expect(await valuesOf(sizes)).toEqual({ 'sizes_bucket{le="+Inf"}': 2, sizes_sum: 2, sizes_count: 2 });
    await metrics.flush();
    for (const job of jobs) {
      const group = { job, instance: 'host', labels: {} };
      const [family] = await store.series.families(group);
      const series: unknown[] = [];
      for await (const chunk of store.series.read(group, (family as StoredFamily).definition)) series.push(...chunk);
      expect(series).toMatchObject([{ value: { counts: [2], native: { schema: 3, counts: [1, 1] } } }]);
    }
  });

  it('brings every unlabelled metric back to 0', async () => {
    const { metrics } = startProcess();
    const counter = metrics.counter(definition);
    const histogram = metrics.histogram({ ...definition, name: 'histogram', buckets: [1] });
    const summary = metrics.summary({ ...definition, name: 'summary', quantiles: [] });
    counter.inc(5);
    histogram.observe(5);
    summary.observe(5);
    await metrics.flush();
    counter.reset();
    histogram.reset();
    summary.reset();
    expect(await valuesOf(counter)).toEqual({ metric: 0 });
    expect(await valuesOf(histogram)).toEqual({
      'histogram_bucket{le="1"}': 0,
      'histogram_bucket{le="+Inf"}': 0,
      histogram_sum: 0,
      histogram_count: 0,
    });
    expect(await valuesOf(summary)).toEqual({ summary_sum: 0, summary_count: 0 });
  });
});

describe('an unlabelled metric', () => {
  it('exists at 0 from its definition', async () => {
    const { metrics } = startProcess();
    const counter = metrics.counter(definition);
    metrics.gauge({ ...definition, name: 'gauge', help: 'y' });
    expect(await valuesOf(counter)).toEqual({ metric: 0 });
    expect(await metrics.text()).toBe(
      '# HELP gauge y\n# TYPE gauge gauge\ngauge 0\n# HELP metric x\n# TYPE metric counter\nmetric 0\n',
    );
  });

  it('exists at 0 after a clear, and does not set others back by being defined', async () => {
    const { metrics, store } = startProcess();
    const counter = metrics.counter(definition);
    counter.inc(5);
    const again = startProcess({ store }).metrics.counter(definition);
    await counter.get();
    expect(await valuesOf(again)).toEqual({ metric: 5 });
    await metrics.clear();
    expect(await valuesOf(counter)).toEqual({ metric: 0 });
  });

  it('is gone after remove() until it counts again', async () => {
    const counter = startProcess().metrics.counter(definition);
    counter.inc(5);
    counter.remove();
    expect(await valuesOf(counter)).toEqual({});
    counter.inc();
    expect(await valuesOf(counter)).toEqual({ metric: 1 });
  });
});

describe('a metric of two jobs', () => {
  const both = { ...labelled, jobs: ['stock', 'shop'] };

  it('counts under both', async () => {
    const { metrics } = startProcess();
    const counter = metrics.counter(both);
    counter.inc({ type: 'a' }, 5);
    counter.labels('b').inc();
    const text = '# HELP metric x\n# TYPE metric counter\nmetric{type="a"} 5\nmetric{type="b"} 1\n';
    expect(await metrics.text('shop')).toBe(text);
    expect(await metrics.text('stock')).toBe(text);
    counter.remove('a');
    await metrics.flush();
    expect(await metrics.text('shop')).not.toContain('"a"');
    expect(await metrics.text('stock')).not.toContain('"a"');
    counter.reset();
    expect(await metrics.text('shop')).toBe('');
    expect(await metrics.text('stock')).toBe('');
  });

  it('observes under both', async () => {
    const { metrics } = startProcess();
    metrics.histogram({ ...both, buckets: [1] }).observe({ type: 'a' }, 0.5);
    expect(await metrics.text('shop')).toContain('metric_bucket{type="a",le="1"} 1\n');
    expect(await metrics.text('stock')).toContain('metric_bucket{type="a",le="1"} 1\n');
  });

  it('has every change of every type under both', async () => {
    const { metrics } = startProcess();
    const two = { help: 'x', jobs: ['shop', 'stock'] };
    const depth = metrics.gauge({ name: 'depth', ...two, labelNames: ['type'] });
    depth.set({ type: 'a' }, 5);
    depth.labels('a').inc(2);
    depth.labels('a').dec(1.5);
    depth.zero({ type: 'b' });
    metrics.counter({ name: 'visits', ...two });
    metrics.summary({ name: 'bytes', ...two, quantiles: [0.5] }).observe(7);
    for (const job of ['shop', 'stock']) {
      const text = await metrics.text(job);
      expect(text).toContain('depth{type="a"} 5.5\n');
      expect(text).toContain('depth{type="b"} 0\n');
      expect(text).toContain('\nvisits 0\n');
      expect(text).toContain('bytes_sum 7\nbytes_count 1\n');
    }
  });

  it('refuses a value under both', async () => {
    const { metrics } = startProcess();
    const counter = metrics.counter(both);
    counter.inc({ type: 'a' }, 2);
    expect(() => {
      counter.inc({ type: 'a' }, -1);
    }).toThrow('Counter "metric" cannot go down: expected a number >= 0, got -1');
    for (const job of ['shop', 'stock']) expect(await metrics.text(job)).toContain('metric{type="a"} 2\n');
  });

  it('is read from its first job', async () => {
    const { metrics } = startProcess();
    const counter = metrics.counter(both);
    counter.inc({ type: 'a' }, 5);
    await metrics.clear('shop');
    expect(await valuesOf(counter)).toEqual({ 'metric{type="a"}': 5 });
  });

  it('belongs to the first configured job unless it names others', async () => {
    const { metrics } = startProcess();
    metrics.counter(definition).inc();
    metrics.counter({ ...definition, name: 'other', jobs: ['stock'] }).inc();
    expect(await metrics.text('shop')).toBe('# HELP metric x\n# TYPE metric counter\nmetric 1\n');
    expect(await metrics.text('stock')).toBe('# HELP other x\n# TYPE other counter\nother 1\n');
  });
});

describe('get()', () => {
  it('gives the family with what other processes have stored', async () => {
    const { metrics, store } = startProcess();
    const other = startProcess({ store }).metrics.counter({ ...labelled, help: 'newer' });
    other.inc({ type: 'a' }, 5);
    await other.get();
    const counter = metrics.counter(labelled);
    counter.inc({ type: 'a' }, 2);
    expect(await counter.get()).toEqual({
      name: 'metric',
      help: 'x',
      type: 'counter',
      values: [{ metricName: 'metric', labels: { type: 'a' }, value: 7 }],
    });
  });

  it.each(['counter', 'histogram', 'summary'] as const)(
    'of a %s gives its own values when another process has stored the name as something else',
    async (type) => {
      const { metrics, store } = startProcess();
      const gauge = metrics.gauge(definition);
      gauge.set(5);
      await metrics.flush();
      jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      const renewed = startProcess({ store }).metrics.define({ ...definition, type });
      if ('inc' in renewed) renewed.inc(2);
      else renewed.observe(2);
      const { values } = await renewed.get();
      const own = values.find(({ metricName }) => metricName === (type === 'counter' ? 'metric' : 'metric_sum'));
      expect(own).toMatchObject({ value: 2 });
      expect((await gauge.get()).values).toEqual([{ metricName: 'metric', labels: {}, value: 5 }]);
    },
  );
});

describe('a handle', () => {
  it('knows its name and help', () => {
    const counter = startProcess().metrics.counter({ ...definition, namespace: 'api' });
    expect([counter.name, counter.help]).toEqual(['api_metric', 'x']);
  });
});
