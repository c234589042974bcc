import { MetricDefinitionError } from '../../../lib/errors/index.js';
import {
  DEFAULT_BUCKETS,
  DEFAULT_QUANTILES,
  definitionShape,
  isLabelName,
  type MetricDefinition,
  resolveDefinition,
  UTF8_NAMES_NEED,
} from '../../../lib/model/index.js';

const counter: MetricDefinition = { name: 'orders_total', help: 'Orders placed', type: 'counter' };
const histogram: MetricDefinition = { name: 'seconds', help: 'Duration', type: 'histogram' };
const summary: MetricDefinition = { name: 'bytes', help: 'Size', type: 'summary' };

/** What a caller without types can write. */
const untyped = (definition: object): MetricDefinition => definition as MetricDefinition;

function refusalOf(definition: MetricDefinition): unknown {
  try {
    resolveDefinition(definition);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('resolveDefinition', () => {
  it('fills in every default of a counter', () => {
    expect(resolveDefinition(counter)).toEqual({
      name: 'orders_total',
      help: 'Orders placed',
      type: 'counter',
      labelNames: [],
      buckets: [],
      quantiles: [],
      maxAgeSeconds: 0,
    });
  });

  it('gives a histogram the default buckets of prom-client', () => {
    expect(resolveDefinition(histogram)).toMatchObject({ buckets: DEFAULT_BUCKETS, quantiles: [], maxAgeSeconds: 0 });
    expect(DEFAULT_BUCKETS).toEqual([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
  });

  it('gives a native histogram no classic buckets, unless they are asked for', () => {
    const native = { schema: 3, maxBuckets: 160, zeroThreshold: 2 ** -128 };
    expect(resolveDefinition({ ...histogram, native: {} })).toMatchObject({ buckets: [], native });
    expect(resolveDefinition({ ...histogram, native: {}, buckets: [] })).toMatchObject({ buckets: [], native });
    expect(resolveDefinition({ ...histogram, native: {}, buckets: [1] })).toMatchObject({ buckets: [1], native });
    const given = { growthFactor: 2, maxBuckets: 10, zeroThreshold: 0 };
    expect(resolveDefinition({ ...histogram, native: given }).native).toEqual({
      schema: 0,
      maxBuckets: 10,
      zeroThreshold: 0,
    });
    expect('native' in resolveDefinition(histogram)).toBe(false);
  });

  it('of a native histogram adds to what differs in growth factor and limit, not in the rest', () => {
    const shape = (native: MetricDefinition['native'], buckets?: number[]): string =>
      definitionShape(resolveDefinition({ ...histogram, ...(native && { native }), ...(buckets && { buckets }) }));
    expect(shape({})).toBe('native histogram');
    expect(shape({ growthFactor: 2, maxBuckets: 5 })).toBe('native histogram');
    expect(shape({}, [1, 2])).toBe('native histogram with buckets 1, 2');
    expect(shape({ zeroThreshold: 0.5 })).toBe('native histogram with zero up to 0.5');
    expect(shape(undefined, [1, 2])).toBe('histogram with buckets 1, 2');
  });

  it('gives a summary the default quantiles of prom-client over ten minutes', () => {
    expect(resolveDefinition(summary)).toMatchObject({ buckets: [], quantiles: DEFAULT_QUANTILES, maxAgeSeconds: 600 });
    expect(DEFAULT_QUANTILES).toEqual([0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999]);
  });

  it('puts the namespace before the name', () => {
    expect(resolveDefinition({ ...counter, namespace: 'api' }).name).toBe('api_orders_total');
    expect(resolveDefinition({ ...counter, namespace: '' }).name).toBe('orders_total');
  });

  it('keeps the label names in their order, in a copy', () => {
    const labelNames = ['type', 'colour'];
    const resolved = resolveDefinition({ ...counter, labelNames });
    labelNames.push('later');
    expect(resolved.labelNames).toEqual(['type', 'colour']);
  });

  it.each(['a', 'A9', '_', ':rule:x', 'x:y_z9'])('takes %p for a metric name', (name) => {
    expect(resolveDefinition({ ...counter, name }).name).toBe(name);
  });

  it('takes label names that objects inherit', () => {
    const labelNames = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '_proto_'];
    expect(resolveDefinition({ ...counter, labelNames }).labelNames).toEqual(labelNames);
  });

  it('takes le as a label of a counter and quantile as a label of a histogram', () => {
    expect(resolveDefinition({ ...counter, labelNames: ['le', 'quantile'] }).labelNames).toEqual(['le', 'quantile']);
    expect(resolveDefinition({ ...histogram, labelNames: ['quantile'] }).labelNames).toEqual(['quantile']);
  });

  it('replaces what UTF-8 cannot hold in the help text', () => {
    expect(resolveDefinition({ ...counter, help: 'a\ud800b' }).help).toBe('a\ufffdb');
  });

  it('takes negative and single buckets, and copies them', () => {
    const buckets = [-1, 0, 1e21];
    const resolved = resolveDefinition({ ...histogram, buckets });
    buckets.push(5);
    expect(resolved.buckets).toEqual([-1, 0, 1e21]);
    expect(resolveDefinition({ ...histogram, buckets: [1] }).buckets).toEqual([1]);
  });

  it('takes quantiles 0 and 1, in any order, or none', () => {
    expect(resolveDefinition({ ...summary, quantiles: [1, 0, 0.5] }).quantiles).toEqual([1, 0, 0.5]);
    expect(resolveDefinition({ ...summary, quantiles: [] }).quantiles).toEqual([]);
  });

  it('takes a window of one second and of a fraction more', () => {
    expect(resolveDefinition({ ...summary, maxAgeSeconds: 1 }).maxAgeSeconds).toBe(1);
    expect(resolveDefinition({ ...summary, maxAgeSeconds: 1.5 }).maxAgeSeconds).toBe(1.5);
  });

  const NAME = 'expected letters, digits, "_" and ":", not starting with a digit';
  const UTF8 = `${NAME}; ${UTF8_NAMES_NEED}`;
  const LABEL =
    'Invalid labelNames of metric "orders_total": expected letters, digits and "_", not starting with a digit or "__"';
  const NATIVE =
    'Invalid native of metric "seconds": expected an object of growthFactor, maxBuckets, zeroThreshold, or {}';
  const BUCKETS = 'Invalid buckets of metric "seconds": expected finite numbers in ascending order (+Inf is added)';

  it.each<[string, MetricDefinition, string]>([
    ['an empty name', { ...counter, name: '' }, `Invalid metric name "": ${NAME}`],
    ['a name with a digit first', { ...counter, name: '1st' }, `Invalid metric name "1st": ${UTF8}`],
    ['a name with a hyphen', { ...counter, name: 'orders-total' }, `Invalid metric name "orders-total": ${UTF8}`],
    ['a name with a line break', { ...counter, name: 'orders\n' }, `Invalid metric name "orders\\n": ${UTF8}`],
    ['a name with an umlaut', { ...counter, name: 'größe' }, `Invalid metric name "größe": ${UTF8}`],
    ['no name', untyped({ help: 'x', type: 'counter' }), `Invalid metric name undefined: ${NAME}`],
    ['a name that is a number', untyped({ ...counter, name: 5 }), `Invalid metric name 5: ${NAME}`],
    [
      'no name in a namespace',
      untyped({ help: 'x', type: 'counter', namespace: 'api' }),
      `Invalid metric name undefined: ${NAME}`,
    ],
    ['an empty name in a namespace', { ...counter, name: '', namespace: 'api' }, `Invalid metric name "": ${NAME}`],
    [
      'a namespace with a hyphen',
      { ...counter, namespace: 'my-api' },
      `Invalid metric name "my-api_orders_total": ${UTF8}`,
    ],
    [
      "the gateway's push time",
      { ...counter, name: 'push_time_seconds' },
      'Invalid metric name "push_time_seconds": every Pushgateway adds a metric of that name itself',
    ],
    [
      "the gateway's failure time, made with a namespace",
      { ...counter, name: 'failure_time_seconds', namespace: 'push' },
      'Invalid metric name "push_failure_time_seconds": every Pushgateway adds a metric of that name itself',
    ],
    [
      'native buckets of a counter',
      { ...counter, native: {} },
      'Invalid native of metric "orders_total": expected no native buckets for a counter, got {}',
    ],
    ['native buckets that are true', untyped({ ...histogram, native: true }), `${NATIVE}, got true`],
    ['native buckets that are null', untyped({ ...histogram, native: null }), `${NATIVE}, got null`],
    ['native buckets of a list', untyped({ ...histogram, native: [1] }), `${NATIVE}, got [1]`],
    [
      'native buckets with an unknown field',
      untyped({ ...histogram, native: { growthFactor: 2, factor: 1.1 } }),
      `${NATIVE}, got {growthFactor, factor}`,
    ],
    ...[1, 0.5, -1, NaN, Infinity, '2'].map((growthFactor): [string, MetricDefinition, string] => [
      `a growth factor of ${growthFactor}`,
      untyped({ ...histogram, native: { growthFactor } }),
      'Invalid native.growthFactor of metric "seconds": expected a number greater than 1, got ' +
        (typeof growthFactor === 'string' ? '"2"' : String(growthFactor)),
    ]),
    ...[0, 1.5, 1_001, NaN].map((maxBuckets): [string, MetricDefinition, string] => [
      `${maxBuckets} native buckets`,
      { ...histogram, native: { maxBuckets } },
      `Invalid native.maxBuckets of metric "seconds": expected a whole number from 1 to 1000, got ${maxBuckets}`,
    ]),
    ...[-1, NaN, Infinity].map((zeroThreshold): [string, MetricDefinition, string] => [
      `a zero threshold of ${zeroThreshold}`,
      { ...histogram, native: { zeroThreshold } },
      `Invalid native.zeroThreshold of metric "seconds": expected a number, at least 0, got ${zeroThreshold}`,
    ]),
    [
      'a type that does not exist',
      untyped({ ...counter, type: 'countr' }),
      'Invalid type of metric "orders_total": expected "counter", "gauge", "histogram" or "summary", got "countr"',
    ],
    [
      'no type',
      untyped({ name: 'orders_total', help: 'x' }),
      'Invalid type of metric "orders_total": expected "counter", "gauge", "histogram" or "summary", got undefined',
    ],
    [
      'no help',
      untyped({ name: 'orders_total', type: 'counter' }),
      'Invalid help of metric "orders_total": expected a text that says what is measured, got undefined',
    ],
    [
      'an empty help',
      { ...counter, help: '' },
      'Invalid help of metric "orders_total": expected a text that says what is measured, got ""',
    ],
    [
      'a help that is a number',
      untyped({ ...counter, help: 5 }),
      'Invalid help of metric "orders_total": expected a text that says what is measured, got 5',
    ],
    [
      'label names that are a text',
      untyped({ ...counter, labelNames: 'type' }),
      'Invalid labelNames of metric "orders_total": expected an array of label names, got "type"',
    ],
    ['a label with a hyphen', { ...counter, labelNames: ['a', 'b-c'] }, `${LABEL}, got "b-c"; ${UTF8_NAMES_NEED}`],
    ['a label with a colon', { ...counter, labelNames: ['a:b'] }, `${LABEL}, got "a:b"; ${UTF8_NAMES_NEED}`],
    ['an empty label', { ...counter, labelNames: [''] }, `${LABEL}, got ""`],
    ['a label with a digit first', { ...counter, labelNames: ['1a'] }, `${LABEL}, got "1a"; ${UTF8_NAMES_NEED}`],
    ['a label that Prometheus keeps for itself', { ...counter, labelNames: ['__name__'] }, `${LABEL}, got "__name__"`],
    ['the label __proto__', { ...counter, labelNames: ['__proto__'] }, `${LABEL}, got "__proto__"`],
    ['a label that is a number', untyped({ ...counter, labelNames: [5] }), `${LABEL}, got 5`],
    [
      'the label job',
      { ...counter, labelNames: ['job'] },
      'Invalid labelNames of metric "orders_total": expected any name but job, instance, got "job"',
    ],
    [
      'the label instance',
      { ...counter, labelNames: ['a', 'instance'] },
      'Invalid labelNames of metric "orders_total": expected any name but job, instance, got "instance"',
    ],
    [
      'the label le of a histogram',
      { ...histogram, labelNames: ['le'] },
      'Invalid labelNames of metric "seconds": expected any name but job, instance, le, got "le"',
    ],
    [
      'the label quantile of a summary',
      { ...summary, labelNames: ['quantile'] },
      'Invalid labelNames of metric "bytes": expected any name but job, instance, quantile, got "quantile"',
    ],
    [
      'a label twice',
      { ...counter, labelNames: ['a', 'b', 'a'] },
      'Invalid labelNames of metric "orders_total": expected each label once, got ["a","b","a"]',
    ],
    ['buckets that fall', { ...histogram, buckets: [1, 3, 2] }, `${BUCKETS}, got [1,3,2]`],
    ['a bucket twice', { ...histogram, buckets: [1, 1] }, `${BUCKETS}, got [1,1]`],
    ['no bucket at all', { ...histogram, buckets: [] }, `${BUCKETS}, got []`],
    ['a bucket that is not a number', { ...histogram, buckets: [1, Number.NaN] }, `${BUCKETS}, got [1,NaN]`],
    ['NaN alone', { ...histogram, buckets: [Number.NaN] }, `${BUCKETS}, got [NaN]`],
    ['an infinite bucket', { ...histogram, buckets: [1, Infinity] }, `${BUCKETS}, got [1,Infinity]`],
    ['buckets that are texts', untyped({ ...histogram, buckets: ['1', '2'] }), `${BUCKETS}, got ["1","2"]`],
    ['buckets that are one number', untyped({ ...histogram, buckets: 5 }), `${BUCKETS}, got 5`],
    ['buckets that are BigInts', untyped({ ...histogram, buckets: [1n, 2n] }), `${BUCKETS}, got [1n,2n]`],
    [
      'buckets of a counter',
      { ...counter, buckets: [1] },
      'Invalid buckets of metric "orders_total": expected no buckets for a counter, got [1]',
    ],
    [
      'buckets of a summary',
      { ...summary, buckets: [1] },
      'Invalid buckets of metric "bytes": expected no buckets for a summary, got [1]',
    ],
    [
      'quantiles of a histogram',
      { ...histogram, quantiles: [0.5] },
      'Invalid quantiles of metric "seconds": expected no quantiles for a histogram, got [0.5]',
    ],
    [
      'a quantile above 1',
      { ...summary, quantiles: [0.5, 99] },
      'Invalid quantiles of metric "bytes": expected numbers from 0 to 1, got [0.5,99]',
    ],
    [
      'a quantile below 0',
      { ...summary, quantiles: [-0.1] },
      'Invalid quantiles of metric "bytes": expected numbers from 0 to 1, got [-0.1]',
    ],
    [
      'a quantile that is not a number',
      { ...summary, quantiles: [Number.NaN] },
      'Invalid quantiles of metric "bytes": expected numbers from 0 to 1, got [NaN]',
    ],
    [
      'quantiles that are one number',
      untyped({ ...summary, quantiles: 0.5 }),
      'Invalid quantiles of metric "bytes": expected numbers from 0 to 1, got 0.5',
    ],
    [
      'a quantile twice',
      { ...summary, quantiles: [0.5, 0.9, 0.5] },
      'Invalid quantiles of metric "bytes": expected each quantile once, got [0.5,0.9,0.5]',
    ],
    [
      'a window of a counter',
      { ...counter, maxAgeSeconds: 60 },
      'Invalid maxAgeSeconds of metric "orders_total": expected no maxAgeSeconds for a counter, got 60',
    ],
    [
      'a window below a second',
      { ...summary, maxAgeSeconds: 0.5 },
      'Invalid maxAgeSeconds of metric "bytes": expected a number of seconds, at least 1, got 0.5',
    ],
    [
      'a window that is a text',
      untyped({ ...summary, maxAgeSeconds: '600' }),
      'Invalid maxAgeSeconds of metric "bytes": expected a number of seconds, at least 1, got "600"',
    ],
    [
      'an endless window',
      { ...summary, maxAgeSeconds: Infinity },
      'Invalid maxAgeSeconds of metric "bytes": expected a number of seconds, at least 1, got Infinity',
    ],
    [
      'a window that is not a number',
      { ...summary, maxAgeSeconds: Number.NaN },
      'Invalid maxAgeSeconds of metric "bytes": expected a number of seconds, at least 1, got NaN',
    ],
  ])('refuses %s', (_, definition, message) => {
    const refusal = refusalOf(definition);
    expect(refusal).toBeInstanceOf(MetricDefinitionError);
    expect(refusal).toMatchObject({ code: 'ERR_METRIC_DEFINITION', name: 'MetricDefinitionError', message });
  });
});

describe('names in UTF-8', () => {
  const ANY = { utf8Names: true };

  it('are taken as they are if they are allowed', () => {
    for (const name of ['http.server.duration', 'größe', ' ', '1', '{}', 'a\nb', '\u0001', '\u{1f600}']) {
      const resolved = resolveDefinition({ ...counter, name, labelNames: [name, 'type'] }, ANY);
      expect(resolved).toMatchObject({ name, labelNames: [name, 'type'] });
    }
    expect(resolveDefinition({ ...counter, name: 'a.b', namespace: 'c.d' }, ANY).name).toBe('c.d_a.b');
  });

  it.each<[string, MetricDefinition, string]>([
    ['an empty name', { ...counter, name: '' }, 'Invalid metric name "": expected a text without NUL, not empty'],
    ['a NUL', { ...counter, name: 'a\0b' }, 'Invalid metric name "a\\u0000b": expected a text without NUL, not empty'],
    [
      'half a sign',
      { ...counter, name: 'a\ud800' },
      'Invalid metric name "a\\ud800": expected a text without NUL, not empty',
    ],
    [
      "the gateway's push time",
      { ...counter, name: 'push_time_seconds' },
      'Invalid metric name "push_time_seconds": every Pushgateway adds a metric of that name itself',
    ],
    [
      'an empty label',
      { ...counter, labelNames: [''] },
      'Invalid labelNames of metric "orders_total": expected a text without NUL, not empty, not starting with "__", got ""',
    ],
    [
      'a reserved label',
      { ...counter, labelNames: ['__a.b'] },
      'Invalid labelNames of metric "orders_total": expected a text without NUL, not empty, not starting with "__", got "__a.b"',
    ],
    [
      'a label that is taken',
      { ...counter, labelNames: ['a.b', 'job'] },
      'Invalid labelNames of metric "orders_total": expected any name but job, instance, got "job"',
    ],
  ])('%s is refused all the same', (_, definition, message) => {
    expect(() => resolveDefinition(definition, ANY)).toThrow(message);
  });
});

describe('a unit', () => {
  it.each([
    [counter, 'size_bytes_total', 'bytes'],
    [counter, 'size_bytes', 'bytes'],
    [histogram, 'http_request_duration_seconds', 'seconds'],
    [counter, 'total_total_total', 'total'],
  ])('ends the name: %#', (definition, name, unit) => {
    expect(resolveDefinition({ ...definition, name, unit })).toMatchObject({ name, unit });
  });

  it('ends the name that a namespace makes, and names with dots', () => {
    expect(resolveDefinition({ ...counter, name: 'bytes', namespace: 'a', unit: 'bytes' }).name).toBe('a_bytes');
    const dotted = { ...histogram, name: 'http.duration_seconds', unit: 'seconds' };
    expect(resolveDefinition(dotted, { utf8Names: true }).unit).toBe('seconds');
  });

  it('is no part of a definition without one', () => {
    expect(resolveDefinition(counter)).not.toHaveProperty('unit');
  });

  it.each<[string, MetricDefinition, string]>([
    [
      'of another name',
      { ...counter, name: 'size', unit: 'bytes' },
      'Invalid unit of metric "size": expected that of the name, or the name "size_bytes", got "bytes"',
    ],
    [
      'of another counter',
      { ...counter, name: 'size_total', unit: 'bytes' },
      'Invalid unit of metric "size_total": expected that of the name, or the name "size_bytes_total", got "bytes"',
    ],
    [
      'that is no whole word of the name',
      { ...counter, name: 'kilobytes_total', unit: 'bytes' },
      'Invalid unit of metric "kilobytes_total": expected that of the name, or the name "kilobytes_bytes_total", got "bytes"',
    ],
    [
      'that is empty',
      { ...counter, unit: '' },
      'Invalid unit of metric "orders_total": expected letters, digits and "_", such as "seconds" or "bytes", got ""',
    ],
    [
      'with a line break',
      { ...counter, unit: 'a\n' },
      'Invalid unit of metric "orders_total": expected letters, digits and "_", such as "seconds" or "bytes", got "a\\n"',
    ],
  ])('%s is refused', (_, definition, message) => {
    expect(() => resolveDefinition(definition)).toThrow(expect.objectContaining({ message }) as Error);
  });
});

describe('what only others have, and what nobody has', () => {
  it.each<[object, string]>([
    [{ percentiles: [0.5] }, 'Unknown option "percentiles" of metric "orders_total": give "quantiles"'],
    [{ aggregator: 'sum' }, 'Unknown option "aggregator" of metric "orders_total": give "aggregation" for a gauge'],
    [{ registers: [] }, 'Unknown option "registers" of metric "orders_total": a metric belongs to jobs'],
    [{ ageBuckets: 5 }, 'Unknown option "ageBuckets" of metric "orders_total": give "maxAgeSeconds" alone'],
    [{ objectives: [0.5] }, 'Unknown option "objectives" of metric "orders_total": give "quantiles"'],
    [{ description: 'x' }, 'Unknown option "description" of metric "orders_total": give "help"'],
    [{ prefix: 'x' }, 'Unknown option "prefix" of metric "orders_total": give "namespace"'],
    [{ subsystem: 'x' }, 'Unknown option "subsystem" of metric "orders_total": give "namespace"'],
    [{ prefetch_group_label: 'x' }, '"prefetch_group_label" of metric "orders_total": give "prefetchGroupLabel"'],
    [{ constLabels: {} }, '"constLabels" of metric "orders_total": give "pushgateway.groupingLabels", for all metrics'],
    [{ labels: ['a'] }, 'Unknown option "labels" of metric "orders_total": give "labelNames"'],
    [{ toString: 1 }, 'Unknown option "toString" of metric "orders_total": expected one of name, help, type'],
    [
      { colour: 'red' },
      'Unknown option "colour" of metric "orders_total": expected one of name, help, type, unit, namespace',
    ],
  ])('is refused: %p', (more, message) => {
    const error = refusalOf(untyped({ ...counter, ...more }));
    expect(error).toBeInstanceOf(MetricDefinitionError);
    expect((error as Error).message).toContain(message);
  });

  it('is no fault as long as it is undefined', () => {
    expect(resolveDefinition(untyped({ ...counter, registers: undefined }))).toEqual(resolveDefinition(counter));
  });
});

describe('definitionShape', () => {
  const shape = (definition: MetricDefinition): string => definitionShape(resolveDefinition(definition));

  it('is the type of a counter or gauge, whatever their help and labels', () => {
    expect(shape(counter)).toBe('counter');
    expect(shape({ ...counter, help: 'other', labelNames: ['a'] })).toBe('counter');
    expect(shape({ ...counter, type: 'gauge' })).toBe('gauge');
  });

  it('names the buckets of a histogram', () => {
    expect(shape({ ...histogram, buckets: [0.1, 1, 1e21] })).toBe('histogram with buckets 0.1, 1, 1e+21');
  });

  it('names the window of a summary and leaves its quantiles out', () => {
    expect(shape({ ...summary, maxAgeSeconds: 90 })).toBe('summary over 90 s');
    expect(shape({ ...summary, quantiles: [0.5] })).toBe('summary over 600 s');
  });
});

describe('isLabelName', () => {
  it.each(['a', '_a', 'A_9', 'constructor', '_'])('takes %p', (name) => {
    expect(isLabelName(name)).toBe(true);
  });

  it.each(['', '9', '__a', 'a-b', 'a:b', 'ä', 'a\n', ' a'])('refuses %p', (name) => {
    expect(isLabelName(name)).toBe(false);
  });
});

describe('prefetch', () => {
  const counter = { name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] } as const;

  it('is off unless asked for, by itself or by its label', () => {
    expect(resolveDefinition(counter)).not.toHaveProperty('prefetch');
    expect(resolveDefinition({ ...counter, prefetch: false })).not.toHaveProperty('prefetch');
    expect(resolveDefinition({ ...counter, prefetch: true })).toMatchObject({ prefetch: true });
    const narrowed = resolveDefinition({ ...counter, prefetchGroupLabel: 'type' });
    expect(narrowed).toMatchObject({ prefetch: true, prefetchGroupLabel: 'type' });
    expect(resolveDefinition({ ...counter, prefetch: false, prefetchGroupLabel: 'type' })).not.toHaveProperty(
      'prefetch',
    );
  });

  it.each<[object, string]>([
    [{ type: 'gauge', prefetch: true }, 'Invalid prefetch of metric "orders_total": expected a counter'],
    [{ prefetch: 'yes' }, 'Invalid prefetch of metric "orders_total": expected true or false, got "yes"'],
    [
      { prefetchGroupLabel: 'color' },
      'Invalid prefetchGroupLabel of metric "orders_total": expected one of labelNames (type), got "color"',
    ],
  ])('is refused as %p', (change, message) => {
    expect(() => resolveDefinition({ ...counter, ...change })).toThrow(message);
  });
});
