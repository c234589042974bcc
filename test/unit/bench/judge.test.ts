import { judge, score } from '../../../bench/harness/judge.js';
import type { Row } from '../../../bench/harness/row.js';

const row = (part: Partial<Row>): Row => ({
  name: 'a push',
  unit: 'ms',
  compare: 'faster',
  us: 'us.ms',
  peer: 'peer.ms',
  ...part,
});
const rounds = (us: number[], peer: number[]) => ({
  us: us.map((ms) => ({ ms, other: 0 })),
  peer: peer.map((ms) => ({ ms })),
});

describe('judge', () => {
  it('compares each round within itself: what slows down a round slows down both', () => {
    const result = judge(row({}), rounds([10, 100, 10], [20, 200, 60]));
    expect(result).toMatchObject({ usValue: 10, peerValue: 60, ratio: 2 });
  });

  it.each<[Row['compare'], number]>([
    ['faster', 4],
    ['times', 0.25],
    ['over', -15],
    ['alone', 5],
  ])('compares as %p', (compare, ratio) => {
    expect(judge(row({ compare }), rounds([5], [20])).ratio).toBe(ratio);
  });

  it.each<[Row['compare'], number, string]>([
    ['faster', 5, 'aim'],
    ['faster', 10, 'at least'],
    ['faster', 11, 'missed'],
    ['times', 6, 'aim'],
    ['times', 12, 'at least'],
    ['times', 13, 'missed'],
    ['over', 30, 'aim'],
    ['over', 35, 'at least'],
    ['over', 45, 'missed'],
    ['alone', 3, 'at least'],
    ['alone', 3.1, 'missed'],
  ])('judges %p of %p ms against 20 ms: %p', (compare, us, verdict) => {
    const targets = { faster: [2, 4], times: [0.6, 0.3], over: [20, 10], alone: [3, 2] }[compare] as [number, number];
    const [least, aim] = targets;
    expect(judge(row({ compare, least, aim }), rounds([us], [20])).verdict).toBe(verdict);
  });

  it('passes no verdict on a row without a target', () => {
    expect(judge(row({}), rounds([5], [20])).verdict).toBe('to know');
  });

  it('stands alone without a peer', () => {
    const { peer: _, ...alone } = row({ compare: 'alone', least: 5 });
    expect(judge(alone, { us: [{ ms: 4 }] })).toMatchObject({ peerValue: undefined, ratio: 4, verdict: 'at least' });
  });

  it('refuses a figure that nobody measured', () => {
    expect(() => judge(row({ us: 'us.bytes' }), rounds([5], [20]))).toThrow(
      'Expected "us" to measure "bytes", got none',
    );
  });
});

describe('score', () => {
  it('is above 1 for better than asked, whichever way is better', () => {
    expect(score('faster', 40, 20)).toBe(2);
    expect(score('alone', 10, 20)).toBe(2);
    expect(score('times', 2, 1)).toBe(0.5);
  });

  it('has no end for what costs nothing', () => {
    expect(score('over', 0, 20)).toBe(Infinity);
    expect(score('over', -3, 20)).toBe(Infinity);
  });
});
