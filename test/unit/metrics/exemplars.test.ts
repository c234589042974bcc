import { Logger } from '@nestjs/common';
import { definitionShape, type Exemplar, type ExemplarLabels, type Group } from '../../../lib/model/index.js';
import { type Process, startProcess, stopProcesses, valuesOf } from './support.js';

const WARN = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
const NOW = 1_790_000_000_000;

beforeEach(() => {
  WARN.mockClear();
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
});
afterEach(async () => {
  jest.mocked(Date.now).mockRestore();
  await stopProcesses();
});

/** Exemplars in the store by labels of the series. */
async function exemplarsOf({ metrics, store }: Process, name: string, job = 'shop') {
  await metrics.flush();
  const group: Group = { job, instance: 'host', labels: {} };
  const found: Record<string, readonly Exemplar[]> = {};
  for (const { definition } of await store.series.families(group)) {
    if (definition.name !== name) continue;
    expect(definitionShape(definition)).not.toBe('');
    for await (const chunk of store.series.read(group, definition, { exemplars: true })) {
      for (const { labels, exemplars } of chunk) if (exemplars) found[labels] = exemplars;
    }
  }
  return found;
}

const of = (trace: string, value: number, bucket = 0): Exemplar => ({
  bucket,
  labels: `trace_id="${trace}"`,
  value,
  timeMs: NOW,
});
const given = (trace: string) => ({ exemplar: { trace_id: trace } });
const ORDERS = { name: 'orders_total', help: 'Orders', labelNames: ['type'] } as const;
const PLAIN = { name: 'plain_total', help: 'Plain' } as const;
const SECONDS = { name: 'seconds', help: 'Seconds', labelNames: ['type'], buckets: [1, 2] } as const;

describe('an exemplar', () => {
  it('is given in every way to count', async () => {
    const process = startProcess();
    const orders = process.metrics.counter(ORDERS);
    orders.inc({ type: 'a' }, 2, given('a'));
    orders.inc({ type: 'b' }, undefined, given('b'));
    orders.labels('c').inc(3, given('c'));
    orders.labels({ type: 'd' }).inc();
    process.metrics.counter(PLAIN).inc(4, given('e'));
    expect(await exemplarsOf(process, 'orders_total')).toEqual({
      'type="a"': [of('a', 2)],
      'type="b"': [of('b', 1)],
      'type="c"': [of('c', 3)],
    });
    expect(await exemplarsOf(process, 'plain_total')).toEqual({ '': [of('e', 4)] });
    expect(await valuesOf(orders)).toMatchObject({ 'orders_total{type="a"}': 2, 'orders_total{type="d"}': 1 });
  });

  it('is given in every way to observe, and is the latest of its bucket', async () => {
    const process = startProcess();
    const seconds = process.metrics.histogram(SECONDS);
    seconds.observe({ type: 'a' }, 0.5, given('first'));
    seconds.observe({ type: 'a' }, 0.7, given('a'));
    seconds.observe({ type: 'a' }, 0.6);
    seconds.labels('a').observe(2, given('b'));
    seconds.labels('a').observe(7, given('c'));
    const plain = process.metrics.histogram({ name: 'plain_seconds', help: 'Plain', buckets: [1] });
    plain.observe(9, given('d'));
    expect(await exemplarsOf(process, 'seconds')).toEqual({ 'type="a"': [of('a', 0.7), of('b', 2, 1), of('c', 7, 2)] });
    expect(await exemplarsOf(process, 'plain_seconds')).toEqual({ '': [of('d', 9, 1)] });
  });

  it('is given when a timer ends', async () => {
    const process = startProcess();
    const seconds = process.metrics.histogram(SECONDS);
    const first = seconds.startTimer({ type: 'a' })({}, given('a'));
    const second = seconds.labels('b').startTimer()(given('b'));
    expect(await exemplarsOf(process, 'seconds')).toEqual({
      'type="a"': [of('a', first)],
      'type="b"': [of('b', second)],
    });
  });

  it('goes with every job of its metric', async () => {
    const process = startProcess();
    process.metrics.counter({ ...PLAIN, jobs: ['shop', 'stock'] }).inc(1, given('a'));
    process.metrics.histogram({ ...SECONDS, jobs: ['shop', 'stock'] }).observe({ type: 'a' }, 1, given('b'));
    for (const job of ['shop', 'stock']) {
      expect(await exemplarsOf(process, 'plain_total', job)).toEqual({ '': [of('a', 1)] });
      expect(await exemplarsOf(process, 'seconds', job)).toEqual({ 'type="a"': [of('b', 1)] });
    }
  });

  it('has labels in any order, numbers too; one that is undefined is left out, and without any it is none', async () => {
    const process = startProcess();
    const orders = process.metrics.counter(ORDERS);
    orders.inc({ type: 'a' }, 1, { exemplar: { trace_id: 'a', span_id: 7, baggage: undefined } });
    orders.inc({ type: 'b' }, 1, { exemplar: { trace_id: undefined } });
    orders.inc({ type: 'c' }, 1, {});
    expect(await exemplarsOf(process, 'orders_total')).toEqual({
      'type="a"': [{ ...of('a', 1), labels: 'span_id="7",trace_id="a"' }],
    });
    expect(WARN).not.toHaveBeenCalled();
  });

  it('may have 128 characters, as people count them', async () => {
    const process = startProcess();
    const orders = process.metrics.counter(ORDERS);
    orders.inc({ type: 'a' }, 1, given('\u{1f600}'.repeat(120)));
    orders.inc({ type: 'b' }, 1, given('\u{1f600}'.repeat(121)));
    expect(Object.keys(await exemplarsOf(process, 'orders_total'))).toEqual(['type="a"']);
  });

  const hostile = Object.defineProperty({}, 'trace_id', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
  it.each<[string, unknown, string]>([
    [
      'is too long',
      { trace_id: 'a'.repeat(121) },
      'expected names and values of at most 128 characters together, got 129',
    ],
    ['has a bad name', { 'trace-id': 'a' }, 'expected label names of letters, digits and "_", got "trace-id"'],
    ['has no text', { trace_id: {} }, 'expected label "trace_id" to be a string or number, got an object'],
    ['has null', { trace_id: null }, 'expected label "trace_id" to be a string or number, got null'],
    ['is no object', 'abc', 'expected an object of labels, got a string'],
    ['cannot be read', hostile, 'Error: no'],
  ])('that %s is left out with one warning, and the event counts', async (_, exemplar, fault) => {
    const process = startProcess();
    const orders = process.metrics.counter(ORDERS);
    const seconds = process.metrics.histogram(SECONDS);
    for (let times = 0; times < 3; times += 1) orders.inc({ type: 'a' }, 1, { exemplar: exemplar as ExemplarLabels });
    seconds.observe({ type: 'a' }, 1, { exemplar: exemplar as ExemplarLabels });
    expect(await valuesOf(orders)).toEqual({ 'orders_total{type="a"}': 3 });
    expect(await valuesOf(seconds)).toMatchObject({ 'seconds_count{type="a"}': 1 });
    expect(await exemplarsOf(process, 'orders_total')).toEqual({});
    const warning = (name: string) => `Metric "${name}" got an exemplar that is left out (its event counts): ${fault}`;
    expect(WARN.mock.calls).toEqual([[warning('orders_total')], [warning('seconds')]]);
  });

  it('of null, as JavaScript may give it, is none', async () => {
    const process = startProcess();
    const orders = process.metrics.counter(ORDERS);
    orders.inc({ type: 'a' }, 1, null as never);
    expect(await valuesOf(orders)).toEqual({ 'orders_total{type="a"}': 1 });
    expect(WARN).not.toHaveBeenCalled();
  });

  it('is not sent when its series was removed or reset first', async () => {
    const process = startProcess();
    const orders = process.metrics.counter(ORDERS);
    orders.inc({ type: 'a' }, 1, given('a'));
    orders.remove({ type: 'a' });
    orders.inc({ type: 'a' });
    expect(await exemplarsOf(process, 'orders_total')).toEqual({});
    orders.inc({ type: 'a' }, 1, given('b'));
    orders.reset();
    orders.inc({ type: 'a' }, 1);
    expect(await exemplarsOf(process, 'orders_total')).toEqual({});
  });
});

describe('exemplars of what is active', () => {
  it('go with events that are given none', async () => {
    const process = startProcess({ exemplarSource: () => 'trace_id="active"' });
    const orders = process.metrics.counter(ORDERS);
    orders.inc({ type: 'a' });
    orders.inc({ type: 'b' }, 1, given('own'));
    orders.inc({ type: 'c' }, 1, { exemplar: {} });
    process.metrics.histogram(SECONDS).observe({ type: 'a' }, 7);
    process.metrics.histogram(SECONDS).labels('b').startTimer()();
    expect(await exemplarsOf(process, 'orders_total')).toEqual({
      'type="a"': [of('active', 1)],
      'type="b"': [of('own', 1)],
    });
    expect(await exemplarsOf(process, 'seconds')).toMatchObject({
      'type="a"': [of('active', 7, 2)],
      'type="b"': [{ labels: 'trace_id="active"' }],
    });
  });

  it('are none while nothing is active, and one that cannot be had costs no event', async () => {
    const source = jest.fn<string | undefined, []>(() => undefined);
    const process = startProcess({ exemplarSource: source });
    const orders = process.metrics.counter(ORDERS);
    orders.inc({ type: 'a' });
    source.mockImplementation(() => {
      throw new Error('no context');
    });
    orders.inc({ type: 'a' });
    orders.inc({ type: 'a' });
    expect(await valuesOf(orders)).toEqual({ 'orders_total{type="a"}': 3 });
    expect(await exemplarsOf(process, 'orders_total')).toEqual({});
    expect(WARN).toHaveBeenCalledTimes(1);
  });
});
