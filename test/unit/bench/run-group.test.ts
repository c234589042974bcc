import type { Group } from '../../../bench/harness/row.js';
import { runGroup } from '../../../bench/harness/run-group.js';

const group = (part: Partial<Group>): Group => ({
  name: 'pushing',
  rows: [],
  start: () => Promise.reject(new Error('x')),
  ...part,
});

describe('runGroup', () => {
  it('lets the contestants take turns, five rounds unless the group says otherwise', async () => {
    const order: string[] = [];
    const contestant = (name: string) => () => {
      order.push(name);
      return Promise.resolve({ ms: order.length });
    };
    const start = () =>
      Promise.resolve({
        contestants: { us: contestant('us'), peer: contestant('peer') },
        stop: () => Promise.resolve(),
      });
    const lines: string[] = [];
    await runGroup(group({ start, rounds: 2 }), (line) => lines.push(line));
    expect(order).toEqual(['us', 'peer', 'us', 'peer']);
    expect(lines[3]).toBe('pushing: peer, round 2 of 2');
    await runGroup(group({ start }), () => undefined);
    expect(order).toHaveLength(14);
  });

  it('leaves out rows about an absent peer, and says why it is absent', async () => {
    const start = () =>
      Promise.resolve({
        contestants: { us: () => Promise.resolve({ ms: 5 }) },
        absent: { promPhp: 'php is not installed' },
        stop: () => Promise.resolve(),
      });
    const rows = [
      { name: 'alone', unit: 'ms', compare: 'alone', us: 'us.ms' },
      { name: 'against it', unit: 'ms', compare: 'faster', us: 'us.ms', peer: 'promPhp.ms' },
    ] as const;
    const { results, skipped } = await runGroup(group({ start, rows }), () => undefined);
    expect(results.map(({ name }) => name)).toEqual(['alone']);
    expect(skipped).toEqual(['pushing: promPhp skipped, php is not installed']);
  });

  it('stops what it started when a contestant fails', async () => {
    const stop = jest.fn(() => Promise.resolve());
    const start = () => Promise.resolve({ contestants: { us: () => Promise.reject(new Error('fell over')) }, stop });
    await expect(runGroup(group({ start }), () => undefined)).rejects.toThrow('fell over');
    expect(stop).toHaveBeenCalledTimes(1);
  });
});
