import { instantText, plainSamples, plainSeries, rangeText } from '../../../../lib/cli/query/query-text.js';
import { pointsIn, rangeOf } from '../../../../lib/cli/query/range.js';
import { sparkline } from '../../../../lib/cli/query/sparkline.js';

const PIPE = { write: () => undefined };

describe('sparkline', () => {
  it.each([
    [[1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█'],
    [[0, 100], '▁█'],
    [[5, 5, 5], '▁▁▁'],
    [[1, undefined, NaN, 2], '▁  █'],
    [[1, Infinity, 2], '▁ █'],
    [[], ''],
  ])('is %j as %j', (values, line) => {
    expect(sparkline(values)).toBe(line);
  });
});

describe('rangeOf', () => {
  it('ends now, in as many steps as are wanted', () => {
    expect(rangeOf('1h', undefined, 40, 10_000_000)).toEqual({ start: 6_400, end: 10_000, step: 90 });
    expect(rangeOf('1m30s', '30', 40, 10_000_000)).toEqual({ start: 9_910, end: 10_000, step: 30 });
    expect(rangeOf('10s', undefined).step).toBe(1);
  });

  it.each([
    ['an hour', undefined, '--range: expected a span of time such as 30s, 5m or 1h30m, got "an hour"'],
    ['-5', undefined, '--range: '],
    ['1h', '0', '--step: '],
    ['1h', 'x', '--step: '],
    ['30d', '1s', '--step: expected fewer than 11000 steps'],
  ])('refuses %s in steps of %s', (range, step, message) => {
    expect(() => rangeOf(range, step)).toThrow(message);
  });
});

it.each([
  [{ isTTY: false, columns: 20 }, 40],
  [{ isTTY: true, columns: 200 }, 40],
  [{ isTTY: true, columns: 60 }, 20],
  [{ isTTY: true, columns: 30 }, 10],
])('fits %j with %d points', (output, points) => {
  expect(pointsIn({ ...output, ...PIPE })).toBe(points);
});

describe('the table of an answer', () => {
  it('has a column for each label that differs, and one for the value', () => {
    const samples = [
      { metric: { __name__: 'up', job: 'a\u001b[2J' }, value: 1, timestamp: 5 },
      { metric: { __name__: 'up', zone: 'b' }, value: Infinity, timestamp: 5 },
    ];
    expect(instantText(samples, Infinity, PIPE)).toBe(
      ['all: metric up\n', 'JOB         ZONE  VALUE\n', 'a\\u001b[2J            1\n', '            b      +Inf\n'].join(
        '',
      ),
    );
    expect(instantText(samples, 1, PIPE)).toMatch(/\n… 1 more of 2 series: --limit 0 shows all\n$/);
    expect(instantText([], 1, PIPE)).toBe('no series\n');
    expect(plainSamples(samples)[1]).toEqual({ labels: { __name__: 'up', zone: 'b' }, value: '+Inf', timestamp: 5 });
  });

  it('of a range has its ends and a bar for each step, with gaps', () => {
    const values = [
      { timestamp: 100, value: 1 },
      { timestamp: 130, value: 3 },
    ];
    const series = [{ metric: { job: 'a' }, values }];
    expect(rangeText(series, { start: 100, end: 130, step: 10 }, Infinity, PIPE)).toBe(
      ['JOB  LOWEST  HIGHEST  LAST  EACH 10 S\n', 'a         1        3     3  ▁  █\n'].join(''),
    );
    expect(plainSeries(series)).toEqual([
      {
        labels: { job: 'a' },
        values: [
          [100, 1],
          [130, 3],
        ],
      },
    ]);
  });
});
