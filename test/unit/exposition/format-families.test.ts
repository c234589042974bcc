import { type BodyChunk, formatFamilies, formatNumber } from '../../../lib/exposition/index.js';
import {
  bytesOf,
  canonicalLabels,
  type FamilyChunk,
  type MetricDefinition,
  resolveDefinition,
  type Series,
  sketchBin,
  summarySlice,
  type TextPiece,
} from '../../../lib/model/index.js';

type ExpositionChunk = BodyChunk<TextPiece>;

const NOW = 1_790_000_000_000;

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

const family = (definition: MetricDefinition, ...chunks: Series[][]): FamilyChunk[] => {
  const resolved = resolveDefinition(definition);
  return chunks.map((chunk) => ({ definition: resolved, chunk }));
};

/** The chunks of each family arrive one by one. */
async function chunksOf(...families: FamilyChunk[][]): Promise<ExpositionChunk[]> {
  const chunks: ExpositionChunk[] = [];
  const readings = families.flat().map((chunk) => [chunk]);
  for await (const chunk of formatFamilies(each(readings), NOW)) chunks.push(chunk);
  return chunks;
}

const textOfChunk = ({ piece }: ExpositionChunk): string => Buffer.concat(bytesOf(piece)).toString();

const textOf = async (...families: FamilyChunk[][]): Promise<string> =>
  (await chunksOf(...families)).map(textOfChunk).join('');

const counter: MetricDefinition = { name: 'orders_total', help: 'Orders placed', type: 'counter' };
const gauge: MetricDefinition = { name: 'depth', help: 'Depth', type: 'gauge' };
const histogram: MetricDefinition = { name: 'seconds', help: 'Duration', type: 'histogram', buckets: [0.1, 1, 1e21] };
const summary: MetricDefinition = { name: 'bytes', help: 'Size', type: 'summary', quantiles: [0, 0.5, 1] };

describe('formatFamilies', () => {
  it('writes a counter without labels', async () => {
    expect(await textOf(family(counter, [{ labels: '', value: 5 }]))).toBe(
      '# HELP orders_total Orders placed\n# TYPE orders_total counter\norders_total 5\n',
    );
  });

  it('writes a gauge with labels, their values escaped', async () => {
    const labels = canonicalLabels(['path', 'text'], ['C:\\dir', 'say "hi"\nü\u{1f600}']);
    expect(await textOf(family({ ...gauge, labelNames: ['path', 'text'] }, [{ labels, value: -2.5 }]))).toBe(
      '# HELP depth Depth\n# TYPE depth gauge\ndepth{path="C:\\\\dir",text="say \\"hi\\"\\nü\u{1f600}"} -2.5\n',
    );
  });

  it('writes a histogram with cumulative buckets, the last of which is its count', async () => {
    const series = [
      { labels: 'type="a"', value: { counts: [1, 0, 2, 4], sum: 12.5 } },
      { labels: 'type="b"', value: { counts: [0, 0, 0, 0], sum: 0 } },
    ];
    expect(await textOf(family({ ...histogram, labelNames: ['type'] }, series))).toBe(
      [
        '# HELP seconds Duration',
        '# TYPE seconds histogram',
        'seconds_bucket{type="a",le="0.1"} 1',
        'seconds_bucket{type="a",le="1"} 1',
        'seconds_bucket{type="a",le="1e+21"} 3',
        'seconds_bucket{type="a",le="+Inf"} 7',
        'seconds_sum{type="a"} 12.5',
        'seconds_count{type="a"} 7',
        'seconds_bucket{type="b",le="0.1"} 0',
        'seconds_bucket{type="b",le="1"} 0',
        'seconds_bucket{type="b",le="1e+21"} 0',
        'seconds_bucket{type="b",le="+Inf"} 0',
        'seconds_sum{type="b"} 0',
        'seconds_count{type="b"} 0',
        '',
      ].join('\n'),
    );
  });

  it('writes a histogram without labels of its own', async () => {
    const text = await textOf(
      family({ ...histogram, buckets: [1] }, [{ labels: '', value: { counts: [2, 1], sum: 9 } }]),
    );
    expect(text.split('\n').slice(2)).toEqual([
      'seconds_bucket{le="1"} 2',
      'seconds_bucket{le="+Inf"} 3',
      'seconds_sum 9',
      'seconds_count 3',
      '',
    ]);
  });

  it('writes a summary: quantiles of what is recent, sum and count of all time', async () => {
    const slice = summarySlice(NOW, 600);
    const bins = [
      { slice: slice - 5, bin: sketchBin(1e6), count: 90 },
      { slice: slice - 4, bin: sketchBin(100), count: 1 },
      { slice, bin: sketchBin(0), count: 1 },
      { slice, bin: sketchBin(0), count: 1 },
    ];
    const text = await textOf(family(summary, [{ labels: 'type="a"', value: { sum: 1e8, count: 93, bins } }]));
    const [zero, half, one, ...rest] = text.split('\n').slice(2);
    expect([zero, half]).toEqual(['bytes{type="a",quantile="0"} 0', 'bytes{type="a",quantile="0.5"} 0']);
    expect(one).toMatch(/^bytes\{type="a",quantile="1"\} (99|100)\.\d+$/);
    expect(rest).toEqual(['bytes_sum{type="a"} 100000000', 'bytes_count{type="a"} 93', '']);
  });

  it('writes NaN for quantiles when nothing is recent, and keeps sum and count', async () => {
    const bins = [{ slice: summarySlice(NOW, 600) - 5, bin: sketchBin(7), count: 2 }];
    expect(await textOf(family(summary, [{ labels: '', value: { sum: 14, count: 2, bins } }]))).toBe(
      [
        '# HELP bytes Size',
        '# TYPE bytes summary',
        'bytes{quantile="0"} NaN',
        'bytes{quantile="0.5"} NaN',
        'bytes{quantile="1"} NaN',
        'bytes_sum 14',
        'bytes_count 2',
        '',
      ].join('\n'),
    );
  });

  it('adds up what a summary holds of one value in several slices', async () => {
    const slice = summarySlice(NOW, 600);
    const bin = (at: number, value: number, count: number) => ({ slice: at, bin: sketchBin(value), count });
    const bins = [bin(slice - 1, -3, 2), bin(slice, 0, 3), bin(slice, -3, 2)];
    const text = await textOf(
      family({ ...summary, quantiles: [0.5] }, [{ labels: '', value: { sum: 0, count: 7, bins } }]),
    );
    expect(text.split('\n')[2]).toMatch(/^bytes\{quantile="0\.5"\} -2\.9\d+$/);
  });

  it('writes a summary without quantiles as sum and count', async () => {
    const text = await textOf(
      family({ ...summary, quantiles: [] }, [{ labels: '', value: { sum: 1, count: 1, bins: [] } }]),
    );
    expect(text).toBe('# HELP bytes Size\n# TYPE bytes summary\nbytes_sum 1\nbytes_count 1\n');
  });

  it('escapes backslash and line break in the help text, and leaves quotes', async () => {
    const text = await textOf(family({ ...counter, help: 'a\\b "c"\nd' }, [{ labels: '', value: 1 }]));
    expect(text).toBe('# HELP orders_total a\\\\b "c"\\nd\n# TYPE orders_total counter\norders_total 1\n');
  });

  it('writes HELP and TYPE once for a family that comes in chunks, and tells the series of each', async () => {
    const one = (at: number): Series => ({ labels: `type="${at}"`, value: at });
    const chunks = await chunksOf(family({ ...counter, labelNames: ['type'] }, [one(1), one(2)], [one(3)]));
    expect(chunks.map((chunk) => ({ text: textOfChunk(chunk), series: chunk.series }))).toEqual([
      {
        text: '# HELP orders_total Orders placed\n# TYPE orders_total counter\norders_total{type="1"} 1\norders_total{type="2"} 2\n',
        series: 2,
      },
      { text: 'orders_total{type="3"} 3\n', series: 1 },
    ]);
    expect(chunks.map(({ bytes }) => bytes)).toEqual([112, 25]);
  });

  it('writes families one after the other', async () => {
    const text = await textOf(family(gauge, [{ labels: '', value: 1 }]), family(counter, [{ labels: '', value: 2 }]));
    expect(text).toBe(
      '# HELP depth Depth\n# TYPE depth gauge\ndepth 1\n# HELP orders_total Orders placed\n# TYPE orders_total counter\norders_total 2\n',
    );
  });

  it('leaves a family without series out', async () => {
    expect(await textOf(family(gauge, []), family(counter, [{ labels: '', value: 2 }]), family(histogram, []))).toBe(
      '# HELP orders_total Orders placed\n# TYPE orders_total counter\norders_total 2\n',
    );
    expect(await chunksOf()).toEqual([]);
  });

  it('leaves a family out whose chunks are all empty, for HELP and TYPE alone would empty the group', async () => {
    expect(await chunksOf(family(gauge, [], []))).toEqual([]);
    expect(await textOf(family(gauge, [], [{ labels: '', value: 1 }], []))).toBe(
      '# HELP depth Depth\n# TYPE depth gauge\ndepth 1\n',
    );
  });

  it('passes the failure of the store on', async () => {
    const failing = (async function* () {
      yield await Promise.resolve(family(gauge, [{ labels: '', value: 1 }]));
      throw new Error('gone');
    })();
    const chunks = formatFamilies(failing, NOW);
    expect(textOfChunk((await chunks.next()).value as ExpositionChunk)).toContain('depth 1');
    await expect(chunks.next()).rejects.toThrow('gone');
  });

  it('joins small families that come together', async () => {
    const together = [...family(gauge, [{ labels: '', value: 1 }]), ...family(counter, [], [{ labels: '', value: 2 }])];
    const chunks: ExpositionChunk[] = [];
    for await (const chunk of formatFamilies(each([together]), NOW)) chunks.push(chunk);
    expect(chunks.map(({ series }) => series)).toEqual([2]);
    expect(chunks.map(textOfChunk)).toEqual([
      '# HELP depth Depth\n# TYPE depth gauge\ndepth 1\n' +
        '# HELP orders_total Orders placed\n# TYPE orders_total counter\norders_total 2\n',
    ]);
  });
});

describe('formatNumber', () => {
  it.each<[number, string]>([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [1e-7, '1e-7'],
    [123456789.12345679, '123456789.12345679'],
    [2 ** 53, '9007199254740992'],
    [1e21, '1e+21'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [5e-324, '5e-324'],
    [Number.NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ])('writes %p as %p', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
