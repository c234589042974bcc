import type { FamilyReading } from '../../../lib/console/feed/reading.js';
import { found, parseView } from '../../../lib/console/feed/view.js';
import { canonicalLabels, type MetricType, resolveDefinition } from '../../../lib/model/index.js';

function family(name: string, type: MetricType, labels: Record<string, string>[]): FamilyReading {
  const names = Object.keys(labels[0] ?? {});
  const definition = resolveDefinition({ name, type, help: name, labelNames: names });
  const series = labels.map((one) => ({ labels: canonicalLabels(Object.keys(one), Object.values(one)), value: 1 }));
  return { job: 'shop', definition, series };
}

const ALL = [
  family('orders_total', 'counter', [
    { type: 'blue', country: 'nl' },
    { type: 'bluegreen', country: 'nl' },
    { type: 'red', country: 'DE "south"' },
  ]),
  family('queue_depth', 'gauge', [{}]),
];

describe('what is looked for', () => {
  it.each([
    ['', ['orders_total 3', 'queue_depth 1']],
    ['ORDERS', ['orders_total 3']],
    ['blue', ['orders_total 2']],
    ['type=blue', ['orders_total 2']],
    ['type="blue"', ['orders_total 1']],
    ['country=de', ['orders_total 1']],
    ['country=blue', []],
    ['orders type=blue green', ['orders_total 1']],
    ['"south"', ['orders_total 1']],
    ['queue blue', []],
  ])('by "%s"', (search, expected) => {
    const view = parseView(new URLSearchParams({ search }));
    expect(found(ALL, view).map(({ definition, series }) => `${definition.name} ${series.length}`)).toEqual(expected);
  });

  it('by type', () => {
    expect(found(ALL, parseView(new URLSearchParams({ type: 'gauge' })))).toEqual([ALL[1]]);
  });

  it('takes what makes no sense as nothing', () => {
    const query = new URLSearchParams({ page: '-3', series: 'x', type: 'all', sort: 'no', search: 'x'.repeat(1_000) });
    expect(parseView(query)).toEqual({
      search: 'x'.repeat(500),
      type: undefined,
      page: 0,
      open: undefined,
      seriesPage: 0,
      sort: 'labels',
    });
  });
});
