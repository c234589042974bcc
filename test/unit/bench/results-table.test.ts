import { growthTable } from '../../../bench/growth/growth-table.js';
import type { Result } from '../../../bench/harness/judge.js';
import { short, table } from '../../../bench/harness/results-table.js';

const push: Result = {
  name: 'push <100k>',
  unit: 'ms',
  compare: 'faster',
  us: 'us.ms',
  peer: 'peer.ms',
  least: 1.2,
  aim: 1.45,
  usValue: 736.4,
  peerValue: 1032,
  ratio: 1.4014,
  verdict: 'at least',
};

describe('table', () => {
  it('shows figures, ratio, targets and verdict in columns that line up', () => {
    const alone: Result = {
      ...push,
      name: 'block',
      compare: 'alone',
      peerValue: undefined,
      least: 20,
      aim: 5,
      ratio: 7,
      usValue: 7,
    };
    expect(table([push, alone])).toBe(
      [
        '| what        |     us |     peer |     ratio |  at least |        aim |  verdict |',
        '| ----------- | -----: | -------: | --------: | --------: | ---------: | -------: |',
        '| push <100k> | 736 ms | 1,030 ms | 1.4x less | 1.2x less | 1.45x less | at least |',
        '| block       |   7 ms |          |           |     20 ms |       5 ms | at least |',
      ].join('\n'),
    );
  });

  it.each([
    [0.07123, '0.0712'],
    [7, '7'],
    [71.234, '71.2'],
    [71_234, '71,200'],
    [-21.57, '-21.6'],
    [Infinity, 'Infinity'],
  ])('shortens %p to %p', (value, text) => {
    expect(short(value)).toBe(text);
  });
});

describe('growthTable', () => {
  it('has a line a figure and a column a point', () => {
    const points = [
      { at: 10, value: 1 },
      { at: 1_000, value: 2.345 },
    ];
    expect(growthTable({ name: 'series', curves: [{ figure: 'push', unit: 'ms', points }] })).toBe(
      ['| series | 10 | 1,000 |', '| --- | ---: | ---: |', '| push | 1 ms | 2.35 ms |'].join('\n'),
    );
  });
});
