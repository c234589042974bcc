import { longestByClock, longestOf } from '../../../bench/processes/redis-figures.js';

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
    const commands = Array.from({ length: 10 }, (_, at) => [`command ${at}`, 1] as const);
    expect(longestOf([new Map([...commands, ['a', 9]]), new Map(commands)])).toBe(1);
  });

  it('is at least what is noted at all', () => {
    expect(longestOf([new Map()])).toBe(0.2);
  });

  it('is told from runs of a machine of which one was slower: only it has noted the short commands', () => {
    const long = [1, 2, 3].map((ms, at) => [`long ${at}`, ms] as const);
    const short = Array.from({ length: 100 }, (_, at) => [`short ${at}`, 0.3] as const);

    expect(longestOf([new Map(long), new Map([...long, ...short])])).toBe(3);
  });

  it.each<[string, Record<string, number>, Record<string, number>]>([
    ['other commands', { a: 1, b: 2 }, { a: 1, c: 2 }],
    ['fewer commands', { a: 1, b: 2 }, { a: 1 }],
    ['more commands', { a: 1 }, { a: 1, b: 2 }],
    ['none', { a: 1 }, {}],
  ])('is not told from a run with %s', (_, first, second) => {
    const runs = [first, second].map((run) => new Map(Object.entries(run)));
    expect(() => longestOf(runs)).toThrow(/^Expected runs with \d long commands in common, got \d$/);
  });

  it('by the clock is the longest of any run', () => {
    expect(longestByClock([new Map([['a', 1]]), new Map([['a', 9]])])).toBe(9);
  });
});
