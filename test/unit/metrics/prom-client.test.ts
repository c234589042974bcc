import * as promClient from 'prom-client';
import { linesOf, startProcess, stopProcesses } from './support.js';

/** The verbs of all four handles, as prom-client's users call them; those of its counters return something. */
interface Handle extends Child {
  labels(...values: unknown[]): Child;
  remove(...values: unknown[]): unknown;
  reset(): unknown;
  zero(labels?: object): unknown;
  get(): Promise<{ values: { metricName?: string; labels: object; value: number }[] }>;
}

interface Child {
  inc(...args: unknown[]): unknown;
  dec(...args: unknown[]): unknown;
  set(...args: unknown[]): unknown;
  setToCurrentTime(labels?: object): unknown;
  observe(...args: unknown[]): unknown;
  startTimer(labels?: object): (labels?: object) => number;
}

type Calls = (handle: Handle, wait: (ms: number) => void) => unknown;

const NOW = 1_790_000_000_123;
const LABELS = { type: 'blue', size: 'xl' };
const OTHERS = { size: 'm', type: 'red' };
const labelNames = ['type', 'size'] as const;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
});

afterEach(async () => {
  await stopProcesses();
  jest.useRealTimers();
});

/** The values after the calls, and the numbers that the calls gave back. */
async function outcomeOf(handle: Handle, calls: Calls, omit?: RegExp): Promise<object> {
  jest.setSystemTime(NOW);
  const answer = calls(handle, (ms) => {
    jest.advanceTimersByTime(ms);
  });
  const values = Object.entries(linesOf('metric', (await handle.get()).values));
  return {
    answer: typeof answer === 'number' || Array.isArray(answer) ? answer : undefined,
    values: Object.fromEntries(values.filter(([line]) => !omit?.test(line))),
  };
}

describe('a counter counts as that of prom-client', () => {
  const definition = { name: 'metric', help: 'x' };

  it.each<[string, Calls]>([
    ['nothing yet', () => undefined],
    ['inc()', (counter) => counter.inc()],
    ['inc(undefined)', (counter) => counter.inc(undefined)],
    ['inc(5)', (counter) => counter.inc(5)],
    ['inc(0)', (counter) => counter.inc(0)],
    [
      'inc(0.1) three times',
      (counter) => {
        [1, 2, 3].forEach(() => counter.inc(0.1));
      },
    ],
    ['inc({}, 5)', (counter) => counter.inc({}, 5)],
    ['labels().inc(2)', (counter) => counter.labels().inc(2)],
    ['labels({}).inc()', (counter) => counter.labels({}).inc()],
    ['reset()', (counter) => [counter.inc(5), counter.reset()].length],
    ['reset() and inc()', (counter) => [counter.inc(5), counter.reset(), counter.inc()].length],
    ['remove()', (counter) => [counter.inc(5), counter.remove()].length],
    ['remove() and inc()', (counter) => [counter.inc(5), counter.remove(), counter.inc(2)].length],
    ['1e308', (counter) => counter.inc(1e308)],
  ])('without labels: %s', async (_, calls) => {
    const ours = startProcess().metrics.counter(definition) as unknown as Handle;
    const theirs = new promClient.Counter({ ...definition, registers: [] }) as unknown as Handle;
    expect(await outcomeOf(ours, calls)).toEqual(await outcomeOf(theirs, calls));
  });

  it.each<[string, Calls]>([
    ['nothing yet', () => undefined],
    ['inc(labels)', (counter) => counter.inc(LABELS)],
    ['inc(labels, 5)', (counter) => counter.inc(LABELS, 5)],
    ['inc(labels, undefined)', (counter) => counter.inc(LABELS, undefined)],
    [
      'labels in another order',
      (counter) => [LABELS, OTHERS, { ...OTHERS }].map((labels) => counter.inc(labels)).length,
    ],
    ["labels('a', 'b').inc()", (counter) => counter.labels('a', 'b').inc()],
    ["labels('a', 'b').inc(5)", (counter) => counter.labels('a', 'b').inc(5)],
    ['labels({..}).inc(5)', (counter) => counter.labels(LABELS).inc(5)],
    [
      'numbers and their texts',
      (counter) => [counter.inc({ type: 5, size: '6' }), counter.labels('5', 6).inc(2)].length,
    ],
    [
      'a kept child',
      (counter) => {
        const child = counter.labels(LABELS);
        child.inc();
        counter.inc(LABELS, 10);
        child.inc(100);
      },
    ],
    ['remove by values', (counter) => [counter.inc(LABELS), counter.inc(OTHERS), counter.remove('blue', 'xl')].length],
    ['remove by object', (counter) => [counter.inc(LABELS), counter.inc(OTHERS), counter.remove(OTHERS)].length],
    ['remove what never was', (counter) => [counter.inc(LABELS), counter.remove('x', 'y')].length],
    ['remove and inc', (counter) => [counter.inc(LABELS, 5), counter.remove(LABELS), counter.inc(LABELS, 2)].length],
    ['reset', (counter) => [counter.inc(LABELS), counter.reset()].length],
    ['reset and inc', (counter) => [counter.inc(LABELS, 5), counter.reset(), counter.inc(LABELS, 2)].length],
    ['empty values', (counter) => counter.inc({ type: '', size: '' })],
    ['names that objects inherit as values', (counter) => counter.inc({ type: '__proto__', size: 'constructor' })],
  ])('with labels: %s', async (_, calls) => {
    const ours = startProcess().metrics.counter({ ...definition, labelNames }) as unknown as Handle;
    const theirs = new promClient.Counter({ ...definition, labelNames, registers: [] }) as unknown as Handle;
    expect(await outcomeOf(ours, calls)).toEqual(await outcomeOf(theirs, calls));
  });
});

describe('a gauge counts as that of prom-client', () => {
  const definition = { name: 'metric', help: 'x' };

  it.each<[string, Calls]>([
    ['nothing yet', () => undefined],
    ['set(5)', (gauge) => gauge.set(5)],
    ['set(-0.5)', (gauge) => gauge.set(-0.5)],
    ['set(NaN)', (gauge) => gauge.set(Number.NaN)],
    ['set(Infinity)', (gauge) => gauge.set(Infinity)],
    ['set({}, 5)', (gauge) => gauge.set({}, 5)],
    [
      'inc and dec',
      (gauge) => [gauge.inc(), gauge.inc(5), gauge.dec(), gauge.dec(0.5), gauge.inc(-3), gauge.dec(-1)].length,
    ],
    ['set, then inc', (gauge) => [gauge.set(7), gauge.inc(2), gauge.dec()].length],
    ['inc, then set', (gauge) => [gauge.inc(2), gauge.set(7)].length],
    ['setToCurrentTime', (gauge) => gauge.setToCurrentTime()],
    ['labels().setToCurrentTime()', (gauge) => gauge.labels().setToCurrentTime()],
    [
      'a timer',
      (gauge, wait) => {
        const end = gauge.startTimer();
        wait(1_500);
        return end();
      },
    ],
    ['reset', (gauge) => [gauge.set(5), gauge.reset()].length],
    ['reset and dec', (gauge) => [gauge.set(5), gauge.reset(), gauge.dec()].length],
  ])('without labels: %s', async (_, calls) => {
    const ours = startProcess().metrics.gauge(definition) as unknown as Handle;
    const theirs = new promClient.Gauge({ ...definition, registers: [] }) as unknown as Handle;
    expect(await outcomeOf(ours, calls)).toEqual(await outcomeOf(theirs, calls));
  });

  it.each<[string, Calls]>([
    ['set', (gauge) => [gauge.set(LABELS, 5), gauge.set(OTHERS, 0), gauge.set(LABELS, 6)].length],
    [
      'inc and dec',
      (gauge) => [gauge.inc(LABELS), gauge.dec(LABELS, 5), gauge.inc(OTHERS, 2), gauge.dec(OTHERS)].length,
    ],
    [
      'a child by values',
      (gauge) => [gauge.labels('a', 'b').set(3), gauge.labels('a', 'b').inc(2), gauge.labels('c', 'd').dec()].length,
    ],
    ['a child by object', (gauge) => [gauge.labels(LABELS).set(3), gauge.labels(LABELS).dec(5)].length],
    ['setToCurrentTime', (gauge) => [gauge.setToCurrentTime(LABELS), gauge.labels(OTHERS).setToCurrentTime()].length],
    [
      'a timer, labelled at its start',
      (gauge, wait) => {
        const end = gauge.startTimer(LABELS);
        wait(250);
        return end();
      },
    ],
    [
      'a timer, labelled at its end',
      (gauge, wait) => {
        const end = gauge.startTimer();
        wait(250);
        return end(LABELS);
      },
    ],
    [
      'a timer, labelled in part here and there, the end overriding',
      (gauge, wait) => {
        const end = gauge.startTimer({ type: 'blue', size: 's' });
        wait(1);
        return end({ size: 'xl' });
      },
    ],
    [
      "a child's timer",
      (gauge, wait) => {
        const end = gauge.labels(LABELS).startTimer();
        wait(3_600_000);
        return end();
      },
    ],
    ['remove', (gauge) => [gauge.set(LABELS, 1), gauge.set(OTHERS, 2), gauge.remove('blue', 'xl')].length],
    ['remove and inc', (gauge) => [gauge.set(LABELS, 9), gauge.remove(LABELS), gauge.inc(LABELS)].length],
    ['reset', (gauge) => [gauge.set(LABELS, 1), gauge.reset(), gauge.inc(OTHERS)].length],
  ])('with labels: %s', async (_, calls) => {
    const ours = startProcess().metrics.gauge({ ...definition, labelNames }) as unknown as Handle;
    const theirs = new promClient.Gauge({ ...definition, labelNames, registers: [] }) as unknown as Handle;
    expect(await outcomeOf(ours, calls)).toEqual(await outcomeOf(theirs, calls));
  });
});

const OBSERVATIONS: [string, Calls][] = [
  ['nothing yet', () => undefined],
  ['observe', (metric) => [metric.observe(0.3), metric.observe(7), metric.observe(0)].length],
  ['observe({}, 5)', (metric) => metric.observe({}, 5)],
  [
    'bounds and what lies beyond',
    (metric) => [0.005, 0.0050001, 10, 10.1, -1, 1e300].map((value) => metric.observe(value)).length,
  ],
  ['labels().observe', (metric) => metric.labels().observe(2)],
  [
    'a timer',
    (metric, wait) => {
      const end = metric.startTimer();
      wait(750);
      return [end(), end()];
    },
  ],
  [
    "a child's timer",
    (metric, wait) => {
      const end = metric.labels().startTimer();
      wait(2);
      return end();
    },
  ],
];

const LABELLED_OBSERVATIONS: [string, Calls][] = [
  ['nothing yet', () => undefined],
  ['observe', (metric) => [metric.observe(LABELS, 0.3), metric.observe(OTHERS, 7), metric.observe(LABELS, 70)].length],
  ['a child by values', (metric) => [metric.labels('a', 'b').observe(3), metric.labels('a', 'b').observe(4)].length],
  ['a child by object', (metric) => metric.labels(LABELS).observe(3)],
  [
    'a timer, labelled at its start',
    (metric, wait) => {
      const end = metric.startTimer(LABELS);
      wait(250);
      return end();
    },
  ],
  [
    'a timer, labelled in part here and there',
    (metric, wait) => {
      const end = metric.startTimer({ type: 'blue' });
      wait(1_000);
      return end({ size: 'xl' });
    },
  ],
  [
    "a child's timer",
    (metric, wait) => {
      const end = metric.labels(LABELS).startTimer();
      wait(60_000);
      return end();
    },
  ],
  ['zero', (metric) => metric.zero(LABELS)],
  ['remove', (metric) => [metric.observe(LABELS, 1), metric.observe(OTHERS, 2), metric.remove('blue', 'xl')].length],
  [
    'remove and observe',
    (metric) => [metric.observe(LABELS, 1), metric.remove(LABELS), metric.observe(LABELS, 2)].length,
  ],
  ['reset', (metric) => [metric.observe(LABELS, 1), metric.reset(), metric.observe(OTHERS, 2)].length],
];

describe('a histogram counts as that of prom-client', () => {
  const definition = { name: 'metric', help: 'x' };

  it.each(OBSERVATIONS)('without labels: %s', async (_, calls) => {
    const ours = startProcess().metrics.histogram(definition) as unknown as Handle;
    const theirs = new promClient.Histogram({ ...definition, registers: [] }) as unknown as Handle;
    expect(await outcomeOf(ours, calls)).toEqual(await outcomeOf(theirs, calls));
  });

  it.each(LABELLED_OBSERVATIONS)('with labels: %s', async (_, calls) => {
    const options = { ...definition, labelNames, buckets: [-2, 0.25, 3] };
    const ours = startProcess().metrics.histogram(options) as unknown as Handle;
    const theirs = new promClient.Histogram({ ...options, registers: [] }) as unknown as Handle;
    expect(await outcomeOf(ours, calls)).toEqual(await outcomeOf(theirs, calls));
  });
});

describe('a summary sums and counts as that of prom-client', () => {
  const definition = { name: 'metric', help: 'x' };
  const QUANTILES = /quantile=/;
  // A summary of prom-client has no zero(), and its reset() keeps children, at 0, which that of a histogram removes.
  const KEEPS_CHILDREN = ['zero', 'reset'];

  it.each(OBSERVATIONS)('without labels: %s', async (_, calls) => {
    const ours = startProcess().metrics.summary(definition) as unknown as Handle;
    const theirs = new promClient.Summary({ ...definition, registers: [] }) as unknown as Handle;
    expect(await outcomeOf(ours, calls, QUANTILES)).toEqual(await outcomeOf(theirs, calls, QUANTILES));
  });

  it.each(LABELLED_OBSERVATIONS.filter(([name]) => !KEEPS_CHILDREN.includes(name)))(
    'with labels: %s',
    async (_, calls) => {
      const ours = startProcess().metrics.summary({ ...definition, labelNames }) as unknown as Handle;
      const theirs = new promClient.Summary({ ...definition, labelNames, registers: [] }) as unknown as Handle;
      expect(await outcomeOf(ours, calls, QUANTILES)).toEqual(await outcomeOf(theirs, calls, QUANTILES));
    },
  );

  it('has the quantiles of prom-client where those are exact, within 1 %', async () => {
    const ours = startProcess().metrics.summary({ ...definition, quantiles: [0, 1] }) as unknown as Handle;
    const theirs = new promClient.Summary({ ...definition, percentiles: [0, 1], registers: [] }) as unknown as Handle;
    for (const handle of [ours, theirs]) for (let value = 1; value <= 1_000; value += 1) handle.observe(value);
    const [own, reference] = await Promise.all(
      [ours, theirs].map(async (handle) => linesOf('metric', (await handle.get()).values)),
    );
    expect(Object.keys(own ?? {}).sort()).toEqual(Object.keys(reference ?? {}).sort());
    for (const [line, value] of Object.entries(reference ?? {})) {
      expect(Math.abs((own?.[line] as number) - value) / value).toBeLessThanOrEqual(0.01);
    }
  });
});
