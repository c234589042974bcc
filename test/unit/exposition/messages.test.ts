import fc from 'fast-check';
import { type BodyChunk, formatFamilies, formatMessages } from '../../../lib/exposition/index.js';
import {
  bytesOf,
  canonicalLabels,
  type FamilyChunk,
  type HistogramValue,
  isUtf8Name,
  type MessagePiece,
  type MetricDefinition,
  parseLabels,
  resolveDefinition,
  type Series,
  sketchBin,
  type StartOf,
  summarySlice,
  type SummaryValue,
} from '../../../lib/model/index.js';
import { type DecodedFamily, type DecodedMetric, decodeFamilies } from '../../support/protobuf/decode.js';

type MessageChunk = BodyChunk<MessagePiece>;

const NOW = 1_790_000_000_000;
const ANY_NAMES = { utf8Names: true };

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

async function chunksOf(readings: readonly (readonly FamilyChunk[])[]): Promise<MessageChunk[]> {
  const chunks: MessageChunk[] = [];
  for await (const { piece, ...count } of formatMessages(each(readings), NOW)) {
    // Its bytes are valid until the next is asked for.
    chunks.push({ piece: { ...piece, bytes: Buffer.from(piece.bytes) }, ...count });
  }
  return chunks;
}

/** The pieces in their order: a prefix goes before those that waited for it. */
function bodyOf(chunks: readonly MessageChunk[]): Buffer {
  const body: Uint8Array[] = [];
  const waiting: Uint8Array[] = [];
  for (const { piece } of chunks) {
    if (piece.isOpen) waiting.push(piece.bytes);
    else if (piece.prefix) body.push(piece.prefix, ...waiting.splice(0), piece.bytes);
    else body.push(piece.bytes);
  }
  expect(waiting).toEqual([]);
  return Buffer.concat(body);
}

const decoded = async (...readings: FamilyChunk[][]): Promise<DecodedFamily[]> =>
  decodeFamilies(bodyOf(await chunksOf(readings)));

/** Series of a counter or gauge as lines, which a store may have. */
async function asLines(definition: MetricDefinition, series: readonly Series[]): Promise<FamilyChunk> {
  const resolved = resolveDefinition(definition, ANY_NAMES);
  const text: Uint8Array[] = [];
  for await (const chunk of formatFamilies(each([[{ definition: resolved, chunk: series }]]), NOW))
    text.push(...bytesOf(chunk.piece));
  const all = Buffer.concat(text).toString().split('\n').slice(2, -1);
  const lines = all.map((line) => Buffer.from(`${line}\n`));
  const starts = new Map(series.map(({ labels, startMs: start = 0 }) => [labels, start]));
  const startOf: StartOf = (bytes, from, to) => {
    const start = starts.get(Buffer.from(bytes.subarray(from, to)).toString());
    if (start === undefined) throw new Error('These are no labels of a series');
    return start;
  };
  return { definition: resolved, chunk: { lines, series: series.length, startOf } };
}

const asObjects = (definition: MetricDefinition, series: readonly Series[]): FamilyChunk => ({
  definition: resolveDefinition(definition, ANY_NAMES),
  chunk: series,
});

const time = (startMs: number | undefined) =>
  startMs === undefined || startMs === 0
    ? {}
    : { startTimestamp: { seconds: Math.floor(startMs / 1_000), nanos: (startMs % 1_000) * 1e6 } };

function labelsOf(labels: string): Pick<DecodedMetric, 'label'> {
  const pairs = Object.entries(parseLabels(labels)).map(([name, value]) => ({ name, value }));
  return pairs.length > 0 ? { label: pairs } : {};
}

const counter: MetricDefinition = { name: 'orders_total', help: 'Orders placed', type: 'counter' };
const gauge: MetricDefinition = { name: 'depth', help: 'Depth', type: 'gauge' };
const histogram: MetricDefinition = { name: 'seconds', help: 'Duration', type: 'histogram', buckets: [0.1, 1, 1e21] };
const summary: MetricDefinition = { name: 'bytes', help: 'Size', type: 'summary', quantiles: [0, 0.5, 1] };

const utf8Name = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom('a', '.', '\\', '"', '\n', '{', '}', ',', '=', ' ', 'é', '\u0001'),
      minLength: 1,
    }),
  )
  .filter(isUtf8Name);
const labelName = fc
  .oneof(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,150}$/), utf8Name)
  // An object lists names that are numbers first.
  .filter((name) => !name.startsWith('__') && !/^\d+$/.test(name));
const labelValue = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', '{', '}', ',', '=', ' ', 'é', '\u0000'), maxLength: 300 }),
  fc.string({ minLength: 100, maxLength: 2_000, size: 'max' }),
);
const labels = fc
  .uniqueArray(fc.tuple(labelName, labelValue), { maxLength: 4, selector: ([name]) => name })
  .map((pairs) =>
    canonicalLabels(
      pairs.map(([name]) => name),
      pairs.map(([, value]) => value),
    ),
  );
const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -1e6, max: 1e6 }),
  fc.maxSafeInteger(),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((number) => Math.round(number * 1_000) / 1_000),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 1e21, -1e21, 5e-324, Number.MAX_VALUE, 0.1, 999_999_999_999_999.9),
);
const startMs = fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: undefined });
const seriesOf = <Value extends Series['value']>(values: fc.Arbitrary<Value>): fc.Arbitrary<Series<Value>[]> =>
  fc
    .uniqueArray(fc.tuple(labels, values, startMs), { minLength: 1, maxLength: 30, selector: ([text]) => text })
    .map((all) =>
      all.map(([text, one, start]) => ({ labels: text, value: one, ...(start !== undefined && { startMs: start }) })),
    );
const help = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }).filter((text) => /^[^ \t]/.test(text));

describe('formatMessages', () => {
  it.each(['counter', 'gauge'] as const)('gives a %s as it is, of lines and of objects', async (type) => {
    const names = fc.oneof(fc.constant('some_metric'), utf8Name);
    const property = fc.asyncProperty(names, seriesOf(value), help, async (name, series, text) => {
      const definition: MetricDefinition = { name, help: text, type };
      const metric = series.map(({ labels: of, value: number, startMs: start }) => ({
        ...labelsOf(of),
        [type]: { value: number, ...(type === 'counter' && time(start)) },
      }));
      const expected = [{ name, help: text.toWellFormed(), type: type.toUpperCase(), metric }];
      expect(await decoded([await asLines(definition, series)])).toEqual(expected);
      expect(await decoded([asObjects(definition, series)])).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('gives the unit', async () => {
    const one = [{ labels: '', value: 1 }];
    const [family] = await decoded([asObjects({ ...counter, name: 'size_bytes_total', unit: 'bytes' }, one)]);
    expect(family).toMatchObject({ name: 'size_bytes_total', unit: 'bytes', metric: [{ counter: { value: 1 } }] });
  });

  it('gives a histogram as it is', async () => {
    const counts = fc.array(
      fc.maxSafeInteger().map((count) => Math.floor(Math.abs(count) / 8)),
      { minLength: 4, maxLength: 4 },
    );
    const property = fc.asyncProperty(seriesOf(fc.record<HistogramValue>({ counts, sum: value })), async (series) => {
      const metric = series.map(({ labels: of, value: { counts: each, sum }, startMs: start }) => {
        const [a = 0, b = 0, c = 0, d = 0] = each;
        const bucket = [
          { cumulativeCount: a, upperBound: 0.1 },
          { cumulativeCount: a + b, upperBound: 1 },
          { cumulativeCount: a + b + c, upperBound: 1e21 },
        ];
        return { ...labelsOf(of), histogram: { sampleCount: a + b + c + d, sampleSum: sum, bucket, ...time(start) } };
      });
      const { name, help: text } = histogram;
      expect(await decoded([asObjects(histogram, series)])).toEqual([{ name, help: text, type: 'HISTOGRAM', metric }]);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('gives a summary as it is', async () => {
    const bins = [{ slice: summarySlice(NOW, 600), bin: sketchBin(7), count: 3 }];
    const full: SummaryValue = { sum: 21, count: 3, bins };
    const none: SummaryValue = { sum: 8.5, count: 2, bins: [] };
    const [family] = await decoded([
      asObjects(summary, [
        { labels: 'type="a"', value: full, startMs: 1_500 },
        { labels: '', value: none },
      ]),
    ]);
    const [first, second] = family?.metric ?? [];
    expect(first?.summary).toMatchObject({ sampleCount: 3, sampleSum: 21, startTimestamp: { seconds: 1, nanos: 5e8 } });
    expect(first?.summary?.quantile?.map(({ quantile }) => quantile)).toEqual([0, 0.5, 1]);
    for (const { value: at } of first?.summary?.quantile ?? []) expect(Math.abs(at / 7 - 1)).toBeLessThan(0.011);
    expect(second).toEqual({
      summary: {
        sampleCount: 2,
        sampleSum: 8.5,
        quantile: [0, 0.5, 1].map((quantile) => ({ quantile, value: NaN })),
      },
    });
  });

  it('gives the same bytes for the same definitions each time, also with the start of the series before', async () => {
    const startMs = 1_500;
    const readings: FamilyChunk[][] = [
      [
        await asLines(counter, [
          { labels: '', value: 1, startMs },
          { labels: 'type="a"', value: 2, startMs },
        ]),
      ],
      [asObjects(summary, [{ labels: '', value: { sum: 1, count: 1, bins: [] }, startMs }])],
    ];

    const first = bodyOf(await chunksOf(readings));
    const [counted, summed] = decodeFamilies(first);

    expect(bodyOf(await chunksOf(readings))).toEqual(first);
    expect(counted?.metric?.map(({ counter: one }) => one)).toEqual(
      [1, 2].map((value) => ({ value, startTimestamp: { seconds: 1, nanos: 5e8 } })),
    );
    expect(summed?.metric?.[0]?.summary).toMatchObject({ startTimestamp: { seconds: 1, nanos: 5e8 } });
  });

  it('gives a large family as one message, whose length comes last', async () => {
    const all = Array.from({ length: 40_000 }, (_, at): Series => ({ labels: `route="/${at}"`, value: at }));
    const small = asObjects(gauge, [{ labels: '', value: 1 }]);
    const parts = Array.from({ length: 40 }, (_, at) => all.slice(at * 1_000, (at + 1) * 1_000));
    const readings = await Promise.all(parts.map(async (part) => [await asLines(counter, part)]));
    const chunks = await chunksOf([
      [small],
      ...readings,
      [asObjects({ ...gauge, name: 'last' }, [{ labels: '', value: 2 }])],
    ]);
    expect(chunks.filter(({ piece }) => piece.isOpen).length).toBeGreaterThan(2);
    expect(chunks.reduce((sum, { series }) => sum + series, 0)).toBe(40_002);
    const families = decodeFamilies(bodyOf(chunks));
    expect(families.map(({ name, metric = [] }) => [name, metric.length])).toEqual([
      ['depth', 1],
      ['orders_total', 40_000],
      ['last', 1],
    ]);
    expect(families[1]?.metric?.map((metric) => metric.counter?.value)).toEqual(all.map((_, at) => at));
  });

  it('keeps every piece below a few megabytes', async () => {
    const all = Array.from({ length: 60_000 }, (_, at): Series => ({ labels: `route="/${at}"`, value: at }));
    const chunks = await chunksOf([[asObjects(counter, all)]]);
    expect(Math.max(...chunks.map(({ piece }) => piece.bytes.length))).toBeLessThan(1_100_000);
    expect(decodeFamilies(bodyOf(chunks))[0]?.metric?.length).toBe(60_000);
  });

  it('leaves a family without series out, and gives nothing for none', async () => {
    expect(
      await decoded([asObjects(gauge, []), asObjects(counter, [{ labels: '', value: 2 }]), asObjects(histogram, [])]),
    ).toEqual([{ name: 'orders_total', help: 'Orders placed', type: 'COUNTER', metric: [{ counter: { value: 2 } }] }]);
    expect(await chunksOf([[asObjects(gauge, [])]])).toEqual([]);
  });

  it('refuses a family that comes in two parts, of which a gateway would keep the last', async () => {
    const one = asObjects(gauge, [{ labels: '', value: 1 }]);
    await expect(chunksOf([[one], [asObjects(counter, [{ labels: '', value: 2 }])], [one]])).rejects.toThrow(
      'Metric depth came in two parts',
    );
  });

  it.each([
    'orders_total',
    'orders_total ',
    'orders_total x',
    'orders_total 1 x',
    'orders_total 1 2 3',
    'orders_total 0x10',
    'orders_total{a="b} 1',
    'orders_total{a=b} 1',
    'orders_total{a="b"',
    'orders_total{a="b"}1',
    'orders_total{a="b"c="d"} 1',
    'orders_total{a',
    'orders_total{',
    'orders_total{a="\\',
    '',
  ])('refuses what is no line: %j', async (line) => {
    const definition = resolveDefinition(counter);
    const chunk = { lines: [Buffer.from(`${line}\n`)], series: 1 };
    await expect(chunksOf([[{ definition, chunk }]])).rejects.toThrow('expected a line of exposition text');
    const cut = { lines: [Buffer.from(line === '' ? ' ' : line)], series: 1 };
    await expect(chunksOf([[{ definition, chunk: cut }]])).rejects.toThrow('expected a line of exposition text');
  });

  it('passes a failing source on', async () => {
    async function* failing(): AsyncGenerator<FamilyChunk[]> {
      yield await Promise.resolve([asObjects(gauge, [{ labels: '', value: 1 }])]);
      throw new Error('the store is away');
    }
    await expect(formatMessages(failing(), NOW).next()).rejects.toThrow('the store is away');
  });
});
