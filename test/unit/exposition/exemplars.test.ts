import fc from 'fast-check';
import { formatFamilies, formatMessages } from '../../../lib/exposition/index.js';
import {
  bytesOf,
  canonicalLabels,
  type Exemplar,
  type FamilyChunk,
  parseLabels,
  resolveDefinition,
  type Series,
} from '../../../lib/model/index.js';
import { type DecodedFamily, decodeFamilies } from '../../support/protobuf/decode.js';

const NOW = 1_790_000_000_000;
const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const histogram = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [0.1, 1] });

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

async function decoded(...families: FamilyChunk[]): Promise<DecodedFamily[]> {
  const pieces: Buffer[] = [];
  // Its bytes are valid until the next is asked for.
  for await (const { piece } of formatMessages(each([families]), NOW)) {
    if (piece.prefix) throw new Error('Expected families that fit a piece');
    pieces.push(Buffer.from(piece.bytes));
  }
  return decodeFamilies(Buffer.concat(pieces));
}

async function textOf(...families: FamilyChunk[]): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const { piece } of formatFamilies(each([families]), NOW)) pieces.push(...bytesOf(piece));
  return Buffer.concat(pieces).toString();
}

const shown = ({ labels, value, timeMs }: Exemplar) => {
  const label = Object.entries(parseLabels(labels)).map(([name, text]) => ({ name, value: text }));
  return { label, value, timestamp: { seconds: Math.floor(timeMs / 1_000), nanos: (timeMs % 1_000) * 1e6 } };
};

const exemplar = (bucket: fc.Arbitrary<number>): fc.Arbitrary<Exemplar> =>
  fc.record({
    bucket,
    labels: fc
      .tuple(
        fc.stringMatching(/^[a-z][a-z0-9_]{0,40}$/),
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 80 }),
          fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'é') }),
        ),
      )
      .map(([name, value]) => canonicalLabels([name, `z${name}`], [value, ''])),
    value: fc.double(),
    timeMs: fc.integer({ min: 0, max: 4e12 }),
  });
const labels = fc
  .uniqueArray(fc.string({ unit: 'grapheme', maxLength: 100 }), { minLength: 1, maxLength: 20 })
  .map((values) => values.map((value) => canonicalLabels(['type'], [value])));
const startMs = 1_700_000_000_500;
const startTimestamp = { seconds: 1_700_000_000, nanos: 5e8 };

describe('formatMessages', () => {
  it.each([
    ['without classic buckets beside the native ones', {}, undefined],
    ['in its classic bucket if it has any', { buckets: [0.1, 1] }, 1],
  ])('gives a native histogram its exemplar %s', async (_, buckets, at) => {
    const definition = resolveDefinition({
      name: 'seconds',
      help: 'Seconds',
      type: 'histogram',
      native: {},
      ...buckets,
    });
    const own = { bucket: at ?? 0, labels: 'trace_id="a"', value: 0.5, timeMs: startMs };
    const counts = definition.buckets.map((_, bucket) => (bucket === at ? 1 : 0)).concat(at === undefined ? 1 : 0);
    const value = { counts, sum: 0.5, native: { schema: 3, bins: [524_281], counts: [1] } };
    const [family] = await decoded({ definition, chunk: [{ labels: '', value, startMs, exemplars: [own] }] });
    const { exemplars = [], bucket = [], sampleCount } = family?.metric?.[0]?.histogram ?? { sampleCount: 0 };
    expect({ exemplars, ofBuckets: bucket.map(({ exemplar: one }) => one), sampleCount }).toEqual({
      exemplars: at === undefined ? [shown(own)] : [],
      ofBuckets: at === undefined ? [] : [undefined, shown(own)],
      sampleCount: 1,
    });
  });

  it('gives a counter with the exemplars of some of its series, of lines and of objects', async () => {
    const some = fc.array(fc.option(exemplar(fc.constant(0)), { nil: undefined }), { minLength: 20, maxLength: 20 });
    const property = fc.asyncProperty(labels, some, async (all, exemplars) => {
      const series = [...new Set(all)].map((of, at): Series => {
        const own = exemplars[at];
        return { labels: of, value: at, startMs, ...(own && { exemplars: [own] }) };
      });
      const byLabels = new Map(series.flatMap(({ labels: of, exemplars: own }) => (own ? [[of, own] as const] : [])));
      const lines = series.map(({ labels: of, value }) => Buffer.from(`orders_total{${of}} ${value as number}\n`));
      const asLines = { lines, series: series.length, startOf: () => startMs, exemplars: byLabels };
      const expected = series.map(({ value, exemplars: [own] = [] }) => ({
        value,
        ...(own && { exemplar: shown(own) }),
        startTimestamp,
      }));
      for (const chunk of [asLines, series]) {
        const [family] = await decoded({ definition: counter, chunk });
        expect(family?.metric?.map((metric) => metric.counter)).toEqual(expected);
        expect(family?.metric?.map(({ label }) => label)).toEqual(
          series.map(({ labels: of }) => [{ name: 'type', value: parseLabels(of)['type'] }]),
        );
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('gives a histogram with an exemplar in any of its buckets, +Inf only if it has one', async () => {
    const some = fc.uniqueArray(exemplar(fc.integer({ min: 0, max: 2 })), {
      maxLength: 3,
      selector: ({ bucket }) => bucket,
    });
    const property = fc.asyncProperty(some, async (exemplars) => {
      const value = { counts: [1, 2, 3], sum: 9 };
      const chunk: Series[] = [{ labels: '', value, startMs, ...(exemplars.length > 0 && { exemplars }) }];
      const of = (bucket: number) => {
        const own = exemplars.find((one) => one.bucket === bucket);
        return own && { exemplar: shown(own) };
      };
      const bucket = [
        { cumulativeCount: 1, upperBound: 0.1, ...of(0) },
        { cumulativeCount: 3, upperBound: 1, ...of(1) },
        ...(of(2) ? [{ cumulativeCount: 6, upperBound: Infinity, ...of(2) }] : []),
      ];
      const [family] = await decoded({ definition: histogram, chunk });
      expect(family?.metric).toEqual([{ histogram: { sampleCount: 6, sampleSum: 9, bucket, startTimestamp } }]);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

describe('formatFamilies', () => {
  it('leaves exemplars out: the text format has no place for them', async () => {
    const exemplars = [{ bucket: 0, labels: 'trace_id="a"', value: 1, timeMs: NOW }];
    const series = [{ labels: 'type="a"', value: 7 }];
    const withThem = series.map((one) => ({ ...one, exemplars }));
    expect(await textOf({ definition: counter, chunk: withThem })).toBe(
      await textOf({ definition: counter, chunk: series }),
    );
  });
});
