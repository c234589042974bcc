import { familiesAsText } from '../../../lib/exposition/index.js';

describe('families that are whole, as text', () => {
  it('have HELP and TYPE once, and labels and values as the format writes them', () => {
    const text = familiesAsText([
      {
        name: 'lag_seconds',
        help: 'Lag \\ of\nthe loop',
        type: 'histogram',
        values: [
          { metricName: 'lag_seconds_bucket', labels: { le: '0.1', at: 'a"b' }, value: 2 },
          { metricName: 'lag_seconds_sum', labels: {}, value: Number.NaN },
          { metricName: 'lag_seconds_count', labels: {}, value: Infinity },
        ],
      },
    ]);
    expect(text).toBe(
      [
        '# HELP lag_seconds Lag \\\\ of\\nthe loop',
        '# TYPE lag_seconds histogram',
        'lag_seconds_bucket{at="a\\"b",le="0.1"} 2',
        'lag_seconds_sum NaN',
        'lag_seconds_count +Inf',
        '',
      ].join('\n'),
    );
  });

  it('have names in UTF-8 between quotes', () => {
    const values = [
      { metricName: 'my.up', labels: { 'a.b': 'x' }, value: 1 },
      { metricName: 'my.up', labels: {}, value: 2 },
    ];
    expect(familiesAsText([{ name: 'my.up', help: 'Up', type: 'gauge', values }])).toBe(
      '# HELP "my.up" Up\n# TYPE "my.up" gauge\n{"my.up","a.b"="x"} 1\n{"my.up"} 2\n',
    );
  });

  it('are left out without samples', () => {
    expect(familiesAsText([{ name: 'up', help: 'Up', type: 'gauge', values: [] }])).toBe('');
  });
});
