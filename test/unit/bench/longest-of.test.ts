import { longestOf } from '../../../bench/processes/redis-figures.js';

describe('the longest command', () => {
  it('of one run is its longest', () => {
    expect(longestOf([new Map(Object.entries({ a: 1, b: 7, c: 2 }))])).toBe(7);
  });

  it('is long in every run', () => {
    const runs = [
      { a: 1, b: 9, c: 3 },
      { a: 8, b: 2, c: 3.5 },
      { a: 1, b: 2, c: 10 },
    ].map((run) => new Map(Object.entries(run)));
    expect(longestOf(runs)).toBe(3);
  });

  it('is none that was too short to be noted once', () => {
    expect(longestOf([new Map([['a', 9]]), new Map()])).toBe(0.2);
  });
});
