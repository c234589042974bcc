import { isDeepStrictEqual } from 'node:util';
import { PrometheusPushgatewayError } from '../../../lib/errors/index.js';
import type { Counter, Gauge, Histogram, MetricsService, Summary } from '../../../lib/metrics/index.js';
import { errorOf, startProcess, stopProcesses, valuesOf } from './support.js';

/** The handles as code without types sees them. */
type Untyped = Record<
  'inc' | 'dec' | 'set' | 'observe' | 'labels' | 'remove' | 'zero' | 'setToCurrentTime',
  (...args: unknown[]) => Untyped
> & { startTimer(labels?: unknown): (labels?: unknown) => number };

type Handle = Counter | Gauge | Histogram | Summary;

let metrics: MetricsService;

beforeEach(() => {
  ({ metrics } = startProcess());
});
afterEach(stopProcesses);

const create: Record<string, (more: object) => Handle> = {
  counter: (more) => metrics.counter<string>({ name: 'metric', help: 'x', ...more }),
  gauge: (more) => metrics.gauge<string>({ name: 'metric', help: 'x', ...more }),
  histogram: (more) => metrics.histogram<string>({ name: 'metric', help: 'x', ...more }),
  summary: (more) => metrics.summary<string>({ name: 'metric', help: 'x', ...more }),
};

interface Outcome {
  readonly error: unknown;
  /** Whether the metric shows what it showed before. */
  readonly isUnchanged: boolean;
}

/** What comes of a mistake. */
async function attempt(handle: Handle, mistake: (handle: Untyped) => unknown): Promise<Outcome> {
  const before = await valuesOf(handle);
  const error = errorOf(() => mistake(handle as unknown as Untyped));
  const isUnchanged = isDeepStrictEqual(await valuesOf(handle), before);
  if (!(error instanceof PrometheusPushgatewayError)) return { error, isUnchanged };
  return { error: { name: error.name, code: error.code, message: error.message }, isUnchanged };
}

const refused = (name: string, code: string, message: string): Outcome => ({
  error: { name, code, message },
  isUnchanged: true,
});
const labelError = (message: string): Outcome => refused('LabelError', 'ERR_LABELS', message);
const valueError = (message: string): Outcome => refused('MetricValueError', 'ERR_METRIC_VALUE', message);

const circular: Record<string, unknown> = {};
circular['self'] = circular;

describe('labels', () => {
  const MISTAKES: [string, (metric: Untyped, verb: 'inc' | 'observe') => unknown, string][] = [
    ['none', (metric, verb) => metric[verb](5), 'Missing label "type" for metric "metric": expected type, size'],
    [
      'none of two',
      (metric, verb) => metric[verb]({}, 5),
      'Missing label "type" for metric "metric": expected type, size',
    ],
    [
      'one of two',
      (metric, verb) => metric[verb]({ type: 'a' }, 5),
      'Missing label "size" for metric "metric": expected type, size',
    ],
    [
      'an undefined one',
      (metric, verb) => metric[verb]({ type: undefined, size: 'b' }, 5),
      'Missing label "type" for metric "metric": expected type, size',
    ],
    [
      'one that is null',
      (metric, verb) => metric[verb]({ type: 'a', size: null }, 5),
      'Invalid label "size" for metric "metric": expected a string or number, got null',
    ],
    [
      'a boolean',
      (metric, verb) => metric[verb]({ type: true, size: 'b' }, 5),
      'Invalid label "type" for metric "metric": expected a string or number, got boolean',
    ],
    [
      'a BigInt',
      (metric, verb) => metric[verb]({ type: 5n, size: 'b' }, 5),
      'Invalid label "type" for metric "metric": expected a string or number, got bigint',
    ],
    [
      'an object',
      (metric, verb) => metric[verb]({ type: { toString: () => 'a' }, size: 'b' }, 5),
      'Invalid label "type" for metric "metric": expected a string or number, got object',
    ],
    [
      'an unknown one beside the known',
      (metric, verb) => metric[verb]({ type: 'a', size: 'b', colour: 'c' }, 5),
      'Unknown label "colour" for metric "metric": expected type, size',
    ],
    [
      'an unknown one instead of a known',
      (metric, verb) => metric[verb]({ type: 'a', colour: 'c' }, 5),
      'Unknown label "colour" for metric "metric": expected type, size',
    ],
    ['null', (metric, verb) => metric[verb](null, 5), 'Missing label "type" for metric "metric": expected type, size'],
    ['too few values', (metric) => metric.labels('a'), 'Metric "metric" takes 2 label values (type, size), got 1'],
    [
      'too many values',
      (metric) => metric.labels('a', 'b', 'c'),
      'Metric "metric" takes 2 label values (type, size), got 3',
    ],
    ['no values', (metric) => metric.labels(), 'Metric "metric" takes 2 label values (type, size), got 0'],
    [
      'a value that is undefined',
      (metric) => metric.labels('a', undefined),
      'Missing label "size" for metric "metric": expected type, size',
    ],
    [
      'a child by part of an object',
      (metric) => metric.labels({ size: 'b' }),
      'Missing label "type" for metric "metric": expected type, size',
    ],
    [
      'a removal without labels',
      (metric) => metric.remove(),
      'Metric "metric" takes 2 label values (type, size), got 0',
    ],
    [
      'a removal by part of an object',
      (metric) => metric.remove({ size: 'b' }),
      'Missing label "type" for metric "metric": expected type, size',
    ],
    [
      'a removal by an unknown label',
      (metric) => metric.remove({ type: 'a', size: 'b', x: 'c' }),
      'Unknown label "x" for metric "metric": expected type, size',
    ],
    [
      'zero() without labels',
      (metric) => metric.zero(),
      'Missing label "type" for metric "metric": expected type, size',
    ],
  ];

  describe.each([
    ['counter', 'inc'],
    ['gauge', 'inc'],
    ['histogram', 'observe'],
    ['summary', 'observe'],
  ] as const)('of a %s', (type, verb) => {
    it.each(MISTAKES)('refuses %s', async (_, mistake, message) => {
      const handle = create[type]?.({ labelNames: ['type', 'size'] }) as Handle;
      (handle as unknown as Untyped)[verb]({ type: 'a', size: 'b' }, 1);
      expect(await attempt(handle, (metric) => mistake(metric, verb))).toEqual(labelError(message));
    });

    it('refuses labels for a metric without', async () => {
      const handle = create[type]?.({}) as Handle;
      const message = 'Unknown label "type" for metric "metric": it has no labels';
      expect(await attempt(handle, (metric) => metric[verb]({ type: 'a' }, 1))).toEqual(labelError(message));
      expect(await attempt(handle, (metric) => metric.labels({ type: 'a' }))).toEqual(labelError(message));
      expect(await attempt(handle, (metric) => metric.zero({ type: 'a' }))).toEqual(labelError(message));
      expect(await attempt(handle, (metric) => metric.remove({ type: 'a' }))).toEqual(labelError(message));
    });

    it('refuses label values for a metric without', async () => {
      const handle = create[type]?.({}) as Handle;
      expect(await attempt(handle, (metric) => metric.labels('a'))).toEqual(
        labelError('Metric "metric" takes 0 label values (), got 1'),
      );
      expect(await attempt(handle, (metric) => metric.remove('a', 'b'))).toEqual(
        labelError('Metric "metric" takes 0 label values (), got 2'),
      );
    });
  });

  it.each(['gauge', 'histogram', 'summary'])('of a timer of a %s are refused when it ends', async (type) => {
    const handle = create[type]?.({ labelNames: ['type'] }) as Handle;
    const message = 'Missing label "type" for metric "metric": expected type';
    expect(await attempt(handle, (metric) => metric.startTimer()())).toEqual(labelError(message));
    expect(await attempt(handle, (metric) => metric.startTimer({ typ: 'a' })())).toEqual(
      labelError('Unknown label "typ" for metric "metric": expected type'),
    );
  });

  it('of setToCurrentTime() are refused like any', async () => {
    const handle = create['gauge']?.({ labelNames: ['type'] }) as Handle;
    expect(await attempt(handle, (metric) => metric.setToCurrentTime())).toEqual(
      labelError('Missing label "type" for metric "metric": expected type'),
    );
  });
});

describe('values', () => {
  const finite = (got: string): string => `Invalid value for metric "metric": expected a finite number, got ${got}`;
  const any = (got: string): string => `Invalid value for metric "metric": expected a number, got ${got}`;

  const NOT_FINITE: [unknown, string][] = [
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
  ];
  const NOT_NUMBERS: [unknown, string][] = [
    ['5', 'the string "5"'],
    ['', 'the string ""'],
    [null, 'null'],
    [5n, 'a value of type bigint'],
    [true, 'a value of type boolean'],
    [Symbol('5'), 'a value of type symbol'],
    [() => 5, 'a value of type function'],
  ];
  const OBJECTS: [unknown, string][] = [
    [[5], 'a value of type object'],
    [new Date(5), 'a value of type object'],
    [circular, 'a value of type object'],
  ];

  it.each([...NOT_FINITE, ...NOT_NUMBERS])('a counter refuses inc(%p)', async (value, got) => {
    expect(await attempt(create['counter']?.({}) as Handle, (counter) => counter.inc(value))).toEqual(
      valueError(finite(got)),
    );
  });

  it.each([...NOT_FINITE, ...NOT_NUMBERS, ...OBJECTS])('a counter refuses inc(labels, %p)', async (value, got) => {
    const counter = create['counter']?.({ labelNames: ['type'] }) as Handle;
    expect(await attempt(counter, (metric) => metric.inc({ type: 'a' }, value))).toEqual(valueError(finite(got)));
    expect(await attempt(counter, (metric) => metric.labels('a').inc(value))).toEqual(valueError(finite(got)));
  });

  it.each([-1, -Infinity, -1e-300])('a counter refuses to go down by %p', async (value) => {
    const message = `Counter "metric" cannot go down: expected a number >= 0, got ${value}`;
    expect(await attempt(create['counter']?.({}) as Handle, (counter) => counter.inc(value))).toEqual(
      valueError(message),
    );
    expect(await attempt(create['counter']?.({}) as Handle, (counter) => counter.inc({}, value))).toEqual(
      valueError(message),
    );
    expect(await attempt(create['counter']?.({}) as Handle, (counter) => counter.labels().inc(value))).toEqual(
      valueError(message),
    );
  });

  it.each([...NOT_FINITE, ...NOT_NUMBERS, [-Infinity, '-Infinity'] as const])(
    'a gauge refuses inc(%p) and dec of it',
    async (value, got) => {
      const gauge = create['gauge']?.({}) as Handle;
      expect(await attempt(gauge, (metric) => metric.inc(value))).toEqual(valueError(finite(got)));
      expect(await attempt(gauge, (metric) => metric.dec(value))).toEqual(valueError(finite(got)));
      expect(await attempt(gauge, (metric) => metric.labels().inc(value))).toEqual(valueError(finite(got)));
      expect(await attempt(gauge, (metric) => metric.labels().dec(value))).toEqual(valueError(finite(got)));
    },
  );

  it.each([...NOT_NUMBERS, [undefined, 'undefined'] as const])('a gauge refuses set(%p)', async (value, got) => {
    const gauge = create['gauge']?.({}) as Handle;
    expect(await attempt(gauge, (metric) => metric.set(value))).toEqual(valueError(any(got)));
    expect(await attempt(gauge, (metric) => metric.labels().set(value))).toEqual(valueError(any(got)));
  });

  it.each(OBJECTS)('a gauge refuses set(labels, %p)', async (value, got) => {
    const gauge = create['gauge']?.({ labelNames: ['type'] }) as Handle;
    expect(await attempt(gauge, (metric) => metric.set({ type: 'a' }, value))).toEqual(valueError(any(got)));
    expect(await attempt(gauge, (metric) => metric.set({ type: 'a' }))).toEqual(valueError(any('undefined')));
  });

  describe.each(['histogram', 'summary'])('a %s', (type) => {
    it.each([...NOT_FINITE, ...NOT_NUMBERS, [-Infinity, '-Infinity'] as const, [undefined, 'undefined'] as const])(
      'refuses observe(%p)',
      async (value, got) => {
        const metric = create[type]?.({}) as Handle;
        expect(await attempt(metric, (handle) => handle.observe(value))).toEqual(valueError(finite(got)));
        expect(await attempt(metric, (handle) => handle.observe({}, value))).toEqual(valueError(finite(got)));
        expect(await attempt(metric, (handle) => handle.labels().observe(value))).toEqual(valueError(finite(got)));
      },
    );
  });

  it('do not leave a series behind when they are refused', async () => {
    const counter = create['counter']?.({ labelNames: ['type'] }) as Handle;
    expect(await attempt(counter, (metric) => metric.inc({ type: 'new' }, -1))).toEqual(
      valueError('Counter "metric" cannot go down: expected a number >= 0, got -1'),
    );
    expect(await valuesOf(counter)).toEqual({});
  });

  it('go on to count after a refusal', async () => {
    const counter = metrics.counter({ name: 'metric', help: 'x' });
    counter.inc(2);
    expect(await attempt(counter, (metric) => metric.inc('5'))).toEqual(valueError(finite('the string "5"')));
    counter.inc(3);
    expect(await valuesOf(counter)).toEqual({ metric: 5 });
  });
});
