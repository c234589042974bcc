import { familyOf } from '../../../lib/exposition/index.js';
import { resolveDefinition, sketchBin, summarySlice } from '../../../lib/model/index.js';

const NOW = 1_790_000_000_000;

describe('familyOf', () => {
  it('gives one sample a series of a counter or gauge', () => {
    const definition = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge', labelNames: ['a', 'b'] });
    const series = [
      { labels: 'a="x\\n\\"y\\"",b=""', value: 5 },
      { labels: 'a="z",b="2"', value: Number.NaN },
    ];
    expect(familyOf(definition, series, NOW)).toEqual({
      name: 'depth',
      help: 'Depth',
      type: 'gauge',
      values: [
        { metricName: 'depth', labels: { a: 'x\n"y"', b: '' }, value: 5 },
        { metricName: 'depth', labels: { a: 'z', b: '2' }, value: Number.NaN },
      ],
    });
  });

  it('has no samples without series', () => {
    const definition = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' });
    expect(familyOf(definition, [], NOW)).toEqual({ name: 'depth', help: 'Depth', type: 'gauge', values: [] });
  });

  it('gives the lines of a histogram', () => {
    const definition = resolveDefinition({ name: 'seconds', help: 'x', type: 'histogram', buckets: [0.5] });
    expect(familyOf(definition, [{ labels: 'a="b"', value: { counts: [1, 2], sum: 4 } }], NOW).values).toEqual([
      { metricName: 'seconds_bucket', labels: { a: 'b', le: '0.5' }, value: 1 },
      { metricName: 'seconds_bucket', labels: { a: 'b', le: '+Inf' }, value: 3 },
      { metricName: 'seconds_sum', labels: { a: 'b' }, value: 4 },
      { metricName: 'seconds_count', labels: { a: 'b' }, value: 3 },
    ]);
  });

  it('gives the lines of a summary, quantiles of what is recent at the given time', () => {
    const definition = resolveDefinition({ name: 'bytes', help: 'x', type: 'summary', quantiles: [0.5] });
    const bins = [{ slice: summarySlice(NOW, 600), bin: sketchBin(0), count: 1 }];
    const series = [{ labels: '', value: { sum: 0, count: 1, bins } }];
    expect(familyOf(definition, series, NOW).values).toEqual([
      { metricName: 'bytes', labels: { quantile: '0.5' }, value: 0 },
      { metricName: 'bytes_sum', labels: {}, value: 0 },
      { metricName: 'bytes_count', labels: {}, value: 1 },
    ]);
    expect(familyOf(definition, series, NOW + 600_000).values[0]?.value).toBeNaN();
  });
});
