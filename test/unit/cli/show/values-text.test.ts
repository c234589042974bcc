import { plainFamilies } from '../../../../lib/cli/show/detail.js';
import { type FamilyValues, readValues } from '../../../../lib/cli/show/read-values.js';
import { overviewText, seriesText } from '../../../../lib/cli/show/values-text.js';
import { type MetricDefinition, resolveDefinition, type Series } from '../../../../lib/model/index.js';
import type { GroupReader } from '../../../../lib/push/index.js';

const PIPE = { write: () => undefined };
const ALL = { limit: Infinity, sort: 'labels' } as const;

interface Stored {
  definition: MetricDefinition;
  series: Series[];
}
const ORDERS: Stored = {
  definition: { name: 'orders_total', help: 'Orders\u0007', type: 'counter', labelNames: ['type'] },
  series: [
    { labels: 'type="red"', value: 2 },
    { labels: 'type="blue"', value: 0.1 + 0.2 },
  ],
};
const QUEUE: Stored = {
  definition: { name: 'queue', help: 'Waiting', type: 'gauge', labelNames: ['of'] },
  series: [
    { labels: 'of="a"', value: -3 },
    { labels: 'of="b"', value: -Infinity },
  ],
};
const TOOK: Stored = {
  definition: { name: 'took_seconds', help: 'Took', type: 'histogram', buckets: [1, 2] },
  series: [{ labels: '', value: { counts: [2, 0, 2], sum: 6 } }],
};
const SIZES: Stored = {
  definition: { name: 'sizes', help: 'Sizes', type: 'summary', quantiles: [0.5] },
  series: [{ labels: '', value: { count: 4, sum: 10, bins: [] } }],
};
const EMPTY: Stored = { definition: { name: 'empty', help: 'Empty', type: 'counter', labelNames: ['a'] }, series: [] };

/** As the store gives them: in chunks of one. */
function readerOf(...stored: Stored[]): GroupReader {
  async function* families() {
    for (const { definition, series } of stored) {
      const chunks = (async function* () {
        for (const one of series) yield await Promise.resolve([one]);
      })();
      yield await Promise.resolve({ definition: resolveDefinition(definition), chunks });
    }
  }
  return { families, now: 0 } as unknown as GroupReader;
}
const read = (metric?: string, ...stored: Stored[]): Promise<FamilyValues[]> =>
  readValues(readerOf(...stored), { jobs: ['shop'], ...(metric !== undefined && { metric }) });

describe('an overview', () => {
  it('adds up counters and observations, and takes the highest gauge', async () => {
    const families = await read(undefined, ORDERS, QUEUE, TOOK, SIZES, EMPTY);
    expect(overviewText(families, PIPE).split('\n')).toEqual([
      'METRIC        TYPE       SERIES  VALUE  OF',
      'orders_total  counter         2    2.3  all',
      'queue         gauge           2     -3  highest',
      'took_seconds  histogram       1      4  observed',
      'sizes         summary         1      4  observed',
      'empty         counter         0',
      '',
    ]);
    expect(plainFamilies(families, ALL, false).at(-1)).toEqual({
      job: 'shop',
      name: 'empty',
      type: 'counter',
      help: 'Empty',
      labelNames: ['a'],
      seriesCount: 0,
      total: null,
    });
    expect(overviewText([], PIPE)).toBe('nothing is stored\n');
  });

  it('names jobs if there are several', async () => {
    const families = await readValues(readerOf(ORDERS), { jobs: ['shop', 'payments'] });
    expect(overviewText(families, PIPE)).toMatch(/^JOB {7}METRIC.*\nshop {6}orders_total.*\npayments {2}orders_total/);
  });
});

describe('the series of a metric', () => {
  it('are sorted by labels, or by value, and limited', async () => {
    const families = await read('orders_total', ORDERS, QUEUE);
    const head = 'orders_total, counter of job shop: Orders\\u0007';
    expect(seriesText(families, ALL, PIPE)).toBe(`${head}\nTYPE  VALUE\nblue    0.3\nred       2\n`);
    expect(seriesText(families, { limit: 1, sort: 'value' }, PIPE)).toBe(
      `${head}\nTYPE  VALUE\nred       2\n… 1 more of 2 series: --limit 0 shows all\n`,
    );
    expect(plainFamilies(families, { limit: 1, sort: 'value' }, true)).toMatchObject([
      { name: 'orders_total', seriesCount: 2, total: 2.3, series: [{ labels: { type: 'red' }, value: 2 }] },
    ]);
  });

  it('of histograms and summaries have count and sum, and what they are there for', async () => {
    const families = await read('*', TOOK, SIZES);
    const text = seriesText(families, ALL, PIPE);
    expect(text).toContain('COUNT  SUM  MEAN\n    4    6   1.5\n');
    expect(text).toContain('COUNT  SUM  Q 0.5\n    4   10    NaN\n');
    expect(plainFamilies(families, ALL, true)).toMatchObject([
      { series: [{ labels: {}, count: 4, sum: 6, buckets: { 1: 2, 2: 2, '+Inf': 4 } }] },
      { series: [{ labels: {}, count: 4, sum: 10, quantiles: { 0.5: 'NaN' } }] },
    ]);
  });

  it('have a column for a label that nobody has declared', async () => {
    const overflow = { ...ORDERS, series: [...ORDERS.series, { labels: 'overflow="true"', value: 9 }] };
    expect(seriesText(await read('orders_total', overflow), ALL, PIPE)).toContain(
      'TYPE  OVERFLOW  VALUE\n      true          9\nblue              0.3\n',
    );
  });

  it('are those of all metrics that begin so', async () => {
    expect((await read('o*', ORDERS, QUEUE)).map(({ definition }) => definition.name)).toEqual(['orders_total']);
    expect(seriesText(await read('empty', EMPTY), ALL, PIPE)).toBe('empty, counter of job shop: Empty\nno series\n');
  });

  it('of a metric that is not there are refused, with the one that was meant', async () => {
    await expect(read('order_total', ORDERS)).rejects.toThrow(
      /"order_total" in these jobs: did you mean orders_total\?$/,
    );
    await expect(read('took_seconds_bucket', TOOK)).rejects.toThrow(/did you mean took_seconds\?$/);
    await expect(read('x\u001b', ORDERS)).rejects.toThrow(/show without a name lists those that there are$/);
  });
});
