import fc from 'fast-check';
import {
  canonicalLabels,
  type Exemplar,
  exemplarLabels,
  type FamilyChunk,
  HIGHEST_SCHEMA,
  isUtf8Name,
  LOWEST_SCHEMA,
  type MetricDefinition,
  NativeCounts,
  resolveDefinition,
  type Series,
  type SeriesValue,
  sketchBin,
  summarySlice,
} from '../../lib/model/index.js';

/** The time at which they are to be written. */
export const NOW = 1_790_000_000_000;

/** All that has a meaning in the formats, in names and in values. */
const SIGNS = [
  '\\',
  '"',
  '\n',
  'n',
  '{',
  '}',
  ',',
  '=',
  ' ',
  '#',
  '.',
  ':',
  '_',
  'é',
  '日',
  '\t',
  '\r',
  '\u0001',
  '\ufeff',
];
const text = (constraints: fc.StringSharedConstraints) =>
  fc.oneof(
    fc.string({ unit: 'grapheme', ...constraints }),
    fc.string({ unit: 'binary', ...constraints }),
    fc.string({ unit: fc.constantFrom(...SIGNS), ...constraints }),
  );
const labelValue = fc.oneof(
  { weight: 9, arbitrary: text({ maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 120, maxLength: 2_000, size: 'max' }) },
);
/** A parser of text passes over blanks before it. */
const help = text({ minLength: 1, maxLength: 80 }).filter((line) => /^[^ \t]/.test(line));
const number = fc.oneof(
  fc.double(),
  fc.integer({ min: -1e6, max: 1e6 }),
  fc.maxSafeInteger(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 1e21, 123456789012345680000, 5e-324, Number.MAX_VALUE, 0.1),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const count = fc.integer({ min: 0, max: 2 ** 40 });

const exemplar = fc
  .record({
    labels: fc
      .dictionary(fc.stringMatching(/^[a-z_][a-zA-Z0-9_]{0,20}$/), text({ maxLength: 40 }), { maxKeys: 3 })
      .map((given) => exemplarLabels(given))
      .filter((made) => 'labels' in made)
      .map(({ labels }) => labels),
    value: number,
    timeMs: fc.integer({ min: 0, max: 4e12 }),
  })
  .map((one): Omit<Exemplar, 'bucket'> => one);

interface Kind {
  readonly definition: Pick<MetricDefinition, 'type' | 'buckets' | 'native' | 'quantiles'>;
  readonly value: fc.Arbitrary<SeriesValue>;
  /** How many exemplars a series may have. */
  readonly exemplars: number;
}

const plain = (type: 'counter' | 'gauge', exemplars: number): Kind => ({
  definition: { type },
  value: number,
  exemplars,
});

const bounds = fc.uniqueArray(finite, { minLength: 1, maxLength: 5 }).map((all) => all.sort((a, b) => a - b));

function histogram(buckets: readonly number[]): Kind {
  const counts = fc.array(count, { minLength: buckets.length + 1, maxLength: buckets.length + 1 });
  return {
    definition: { type: 'histogram', buckets },
    value: fc.record({ counts, sum: number }),
    exemplars: buckets.length + 1,
  };
}

/** With classic buckets beside or without. */
function nativeHistogram(buckets: readonly number[], zeroThreshold: number): Kind {
  const observed = fc.array(fc.oneof(finite, fc.double({ min: -3, max: 3, noNaN: true }), fc.constant(0)), {
    maxLength: 40,
  });
  const schema = fc.integer({ min: LOWEST_SCHEMA, max: HIGHEST_SCHEMA });
  const value = fc.tuple(observed, schema, number).map(([values, from, sum]) => {
    const native = new NativeCounts(from, Infinity);
    const counts = new Array<number>(buckets.length + 1).fill(0);
    for (const each of values) {
      native.observe(each, zeroThreshold);
      const at = buckets.findIndex((bound) => each <= bound);
      const bucket = at === -1 ? buckets.length : at;
      counts[bucket] = (counts[bucket] as number) + 1;
    }
    return { counts, sum, native: native.value };
  });
  return {
    definition: { type: 'histogram', buckets, native: { zeroThreshold } },
    value,
    exemplars: buckets.length + 1,
  };
}

const bins = fc.array(
  fc.tuple(finite, fc.integer({ min: 1, max: 1_000 })).map(([value, times]) => ({
    slice: summarySlice(NOW, 600),
    bin: sketchBin(value),
    count: times,
  })),
  { maxLength: 5 },
);
const summary: Kind = {
  definition: { type: 'summary', quantiles: [0, 0.5, 0.99, 1] },
  value: fc.record({ sum: number, count, bins }),
  exemplars: 0,
};

const kind: fc.Arbitrary<Kind> = fc.oneof(
  fc.constantFrom(plain('counter', 1), plain('gauge', 0), summary),
  bounds.map(histogram),
  fc
    .tuple(fc.oneof(bounds, fc.constant([])), fc.constantFrom(0, 2 ** -128, 0.5))
    .map(([buckets, threshold]) => nativeHistogram(buckets, threshold)),
);

/** Names that a Pushgateway has for itself, or adds to a group. */
const OWN_NAME = /^(go|process|push|pushgateway|promhttp)_/;
const OWN_LABEL = /^(__|job$|instance$|le$|quantile$)/;

function namesOf(classic: RegExp, isAnyUtf8: boolean): fc.Arbitrary<string> {
  const plainName = fc.stringMatching(classic);
  return isAnyUtf8 ? fc.oneof(plainName, text({ minLength: 1, maxLength: 30 }).filter(isUtf8Name)) : plainName;
}

function family(utf8Names: boolean): fc.Arbitrary<FamilyChunk> {
  const metricName = namesOf(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,40}$/, utf8Names).filter((name) => !OWN_NAME.test(name));
  const labelName = namesOf(/^[a-zA-Z_][a-zA-Z0-9_]{0,40}$/, utf8Names).filter((name) => !OWN_LABEL.test(name));
  const head = fc.record({
    name: metricName,
    unit: fc.option(fc.constantFrom('seconds', 'bytes', '0'), { nil: undefined }),
    help,
    kind,
    labelNames: fc.uniqueArray(labelName, { maxLength: 3 }),
  });
  return head.chain(({ name, unit, kind: { definition, value, exemplars }, labelNames, ...rest }) => {
    const resolved = resolveDefinition(
      {
        ...rest,
        ...definition,
        name: unit === undefined ? name : `${name}_${unit}${definition.type === 'counter' ? '_total' : ''}`,
        ...(unit !== undefined && { unit }),
        labelNames,
      },
      { utf8Names },
    );
    const one = fc.record({
      labels: fc
        .array(labelValue, { minLength: labelNames.length, maxLength: labelNames.length })
        .map((values) => canonicalLabels(labelNames, values)),
      value,
      startMs: fc.option(fc.integer({ min: 1, max: 4e12 }), { nil: undefined }),
      // By bucket.
      exemplars: fc.array(fc.option(exemplar, { nil: undefined }), { maxLength: exemplars }),
    });
    return fc
      .uniqueArray(one, { minLength: 1, maxLength: 5, selector: ({ labels }) => labels })
      .map((all) => ({ definition: resolved, chunk: all.map(seriesOf) }));
  });
}

function seriesOf({
  startMs,
  exemplars,
  ...series
}: {
  labels: string;
  value: SeriesValue;
  startMs: number | undefined;
  exemplars: (Omit<Exemplar, 'bucket'> | undefined)[];
}): Series {
  const own = exemplars.flatMap((one, bucket) => (one === undefined ? [] : [{ ...one, bucket }]));
  return { ...series, ...(startMs !== undefined && { startMs }), ...(own.length > 0 && { exemplars: own }) };
}

/**
 * What a group may hold: families of all types with whatever names, labels, values, buckets, exemplars, starts and units they can have.
 * @param utf8Names Whether names may be any UTF-8.
 */
export function anyFamilies(utf8Names: boolean): fc.Arbitrary<FamilyChunk[]> {
  return fc
    .uniqueArray(family(utf8Names), { minLength: 1, maxLength: 8, selector: ({ definition }) => definition.name })
    .filter((all) => {
      const names = new Set(all.map(({ definition }) => definition.name));
      // A gateway refuses a metric that is called as a line of another.
      return ![...names].some((name) => ['_count', '_sum', '_bucket'].some((suffix) => names.has(name + suffix)));
    });
}
