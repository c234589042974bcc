import fc from 'fast-check';
import { formatMessages } from '../../../lib/exposition/index.js';
import {
  type FamilyChunk,
  type HistogramValue,
  type MetricDefinition,
  NATIVE_OFFSET,
  NativeCounts,
  type NativeHistogram,
  resolveDefinition,
} from '../../../lib/model/index.js';
import { decodeFamilies, type DecodedMetric } from '../../support/protobuf/decode.js';

type Decoded = NonNullable<DecodedMetric['histogram']>;

const THRESHOLD = 2 ** -128;
const only: MetricDefinition = { name: 'seconds', help: 'Duration', type: 'histogram', native: {} };

async function messageOf(definition: MetricDefinition, value: HistogramValue): Promise<Decoded> {
  const chunk: FamilyChunk = {
    definition: resolveDefinition(definition),
    chunk: [{ labels: '', value, startMs: 1_500 }],
  };
  async function* readings() {
    yield await Promise.resolve([chunk]);
  }
  const pieces: Uint8Array[] = [];
  for await (const { piece } of formatMessages(readings(), 0)) pieces.push(Buffer.from(piece.bytes));
  const [family] = decodeFamilies(Buffer.concat(pieces));
  return family?.metric?.[0]?.histogram as Decoded;
}

/** As Prometheus reads spans and deltas: index and count of each bucket, empty ones left out. */
function bucketsOf(spans: Decoded['positiveSpan'] = [], deltas: Decoded['positiveDelta'] = []): [number, number][] {
  const buckets: [number, number][] = [];
  let [index, count, at] = [0, 0, 0];
  for (const { offset, length } of spans) {
    index += offset;
    for (let left = length; left > 0; left -= 1) {
      count += deltas[at++] as number;
      if (count > 0) buckets.push([index, count]);
      index += 1;
    }
  }
  expect(at).toBe(deltas.length);
  return buckets;
}

function decodedAsNative({ schema = 0, zeroCount = 0, ...message }: Decoded): NativeHistogram {
  const side = (sign: 1 | -1, buckets: [number, number][]) =>
    buckets.map(([index, count]): [number, number] => [sign * (index + NATIVE_OFFSET), count]);
  const entries = [
    ...side(-1, bucketsOf(message.negativeSpan, message.negativeDelta)),
    ...(zeroCount > 0 ? [[0, zeroCount] as [number, number]] : []),
    ...side(1, bucketsOf(message.positiveSpan, message.positiveDelta)),
  ].sort(([one], [other]) => one - other);
  return { schema, bins: entries.map(([bin]) => bin), counts: entries.map(([, count]) => count) };
}

describe('formatMessages: a native histogram', () => {
  it('is given as it is', async () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.constant(0),
    );
    const property = fc.asyncProperty(
      fc.array(fc.record({ value, times: fc.integer({ min: 1, max: 2 ** 48 }) }), { maxLength: 50 }),
      fc.integer({ min: -4, max: 8 }),
      async (observations, schema) => {
        const counts = new NativeCounts(schema, Infinity);
        for (const { value: each } of observations) counts.observe(each, THRESHOLD);
        const native = counts.value;
        const many = { ...native, counts: native.counts.map((_, at) => observations[at]?.times ?? 1) };
        const message = await messageOf(only, { counts: [observations.length], sum: 1, native: many });
        expect(decodedAsNative(message)).toEqual(many);
        expect(message).toMatchObject({ zeroThreshold: THRESHOLD, sampleCount: observations.length, sampleSum: 1 });
        expect(message.startTimestamp).toEqual({ seconds: 1, nanos: 5e8 });
        expect(message.bucket).toBeUndefined();
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  it('fills gaps of two and begins a span after larger ones, as client_golang does', async () => {
    const indexes = [-3, -2, 0, 3, 7, 8];
    const bins = [...indexes.map((index) => -NATIVE_OFFSET - index).reverse(), 0, NATIVE_OFFSET - 1];
    const counts = [1, 1, 1, 4, 2, 5, 9, 3];
    const native = { schema: 3, bins, counts };
    expect(await messageOf(only, { counts: [26], sum: -1, native })).toEqual({
      sampleCount: 26,
      sampleSum: -1,
      schema: 3,
      zeroThreshold: THRESHOLD,
      zeroCount: 9,
      negativeSpan: [
        { offset: -3, length: 7 },
        { offset: 3, length: 2 },
      ],
      negativeDelta: [5, -3, -2, 4, -4, 0, 1, 0, 0],
      positiveSpan: [{ offset: -1, length: 1 }],
      positiveDelta: [3],
      startTimestamp: { seconds: 1, nanos: 5e8 },
    });
  });

  it('has its classic buckets beside', async () => {
    const native = { schema: 0, bins: [NATIVE_OFFSET], counts: [2] };
    const definition = { ...only, buckets: [0.5, 2] };
    expect(await messageOf(definition, { counts: [0, 2, 0], sum: 2, native })).toMatchObject({
      sampleCount: 2,
      bucket: [
        { cumulativeCount: 0, upperBound: 0.5 },
        { cumulativeCount: 2, upperBound: 2 },
      ],
      positiveSpan: [{ offset: 0, length: 1 }],
      positiveDelta: [2],
    });
  });

  it.each([
    ['by its threshold', {}, { zeroThreshold: THRESHOLD }],
    ['by a span without buckets', { zeroThreshold: 0 }, { zeroThreshold: 0, positiveSpan: [{ offset: 0, length: 0 }] }],
  ])('with nothing in it is seen to be one %s', async (_, native, expected) => {
    const value: HistogramValue = { counts: [0], sum: 0, native: { schema: 3, bins: [], counts: [] } };
    expect(await messageOf({ ...only, native }, value)).toEqual({
      sampleCount: 0,
      sampleSum: 0,
      schema: 3,
      zeroCount: 0,
      startTimestamp: { seconds: 1, nanos: 5e8 },
      ...expected,
    });
  });
});
