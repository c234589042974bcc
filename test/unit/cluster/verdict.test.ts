import { judge, worst } from '../../cluster/verdict.js';

const every500ms = (values: number[]) => values.map((value, at) => ({ time: 100 + at / 2, value }));

describe('judge', () => {
  it('finds nothing wrong with a counter that grows', () => {
    const verdict = judge(every500ms([1_000, 1_000, 1_003, 1_003, 1_006, 1_006, 1_006, 1_006]), 1_006);
    expect(verdict).toEqual({ falseResets: 0, increaseError: 0, isLastRight: true, longestBehindSeconds: 1 });
  });

  it('counts each step back, and what increase() makes of it', () => {
    const verdict = judge(every500ms([1_000, 1_003, 1_000, 1_003]), 1_003);
    expect(verdict.falseResets).toBe(1);
    // 3 up, 1000 for the supposed restart, 3 up: 1006 instead of 3.
    expect(verdict.increaseError).toBeCloseTo(1_006 / 3 - 1);
    expect(verdict.isLastRight).toBe(true);
  });

  it('is behind while nothing higher than before is shown, an old value again included', () => {
    const verdict = judge(every500ms([1_000, 1_003, 1_000, 1_003, 1_003, 1_006]), 1_009);
    expect(verdict.longestBehindSeconds).toBe(2);
    expect(verdict.isLastRight).toBe(false);
  });

  it('is not right when there is nothing to judge', () => {
    expect(judge([], 1_003)).toMatchObject({ isLastRight: false });
  });
});

describe('worst', () => {
  it('takes the worst in each respect', () => {
    const fine = { falseResets: 0, increaseError: 0.1, isLastRight: true, longestBehindSeconds: 5 };
    const bad = { falseResets: 3, increaseError: -0.9, isLastRight: false, longestBehindSeconds: 1 };
    expect(worst([fine, bad])).toEqual({
      falseResets: 3,
      increaseError: -0.9,
      isLastRight: false,
      longestBehindSeconds: 5,
    });
  });
});
