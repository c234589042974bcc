import { judge, type Reading, requireAgreement, worst } from './verdict.js';

/** What Prometheus says of these samples if it says nothing wrong. */
const reading = (values: number[], { resets = 0, increase = 0 } = {}): Reading => ({
  samples: values.map((value, at) => ({ time: 100 + at / 2, value })),
  resets,
  increase,
});

describe('judge', () => {
  it('finds nothing wrong with a counter that grows', () => {
    const verdict = judge(reading([1_000, 1_000, 1_003, 1_003, 1_006, 1_006, 1_006, 1_006], { increase: 6 }), 1_006);
    expect(verdict).toEqual({
      falseResets: 0,
      backwardSteps: 0,
      increaseError: 0,
      reckonedError: 0,
      firstLost: 1_000,
      isLastRight: true,
      longestBehindSeconds: 1,
    });
  });

  it('counts each step back, and what increase() makes of it', () => {
    const verdict = judge(reading([1_000, 1_003, 1_000, 1_003], { resets: 1, increase: 1_020 }), 1_003);
    expect(verdict.backwardSteps).toBe(1);
    expect(verdict.falseResets).toBe(1);
    // 3 up, 1000 for the supposed restart, 3 up: 1006 instead of 3.
    expect(verdict.reckonedError).toBeCloseTo(1_006 / 3 - 1);
    expect(verdict.increaseError).toBeCloseTo(1_020 / 3 - 1);
    expect(verdict.isLastRight).toBe(true);
  });

  it('is behind while nothing higher than before is shown, an old value again included', () => {
    const verdict = judge(reading([1_000, 1_003, 1_000, 1_003, 1_003, 1_006]), 1_009);
    expect(verdict.longestBehindSeconds).toBe(2);
    expect(verdict.isLastRight).toBe(false);
  });

  it('is not right when there is nothing to judge', () => {
    expect(judge(reading([]), 1_003)).toMatchObject({ isLastRight: false });
  });
});

describe('requireAgreement', () => {
  it('is content with what Prometheus extrapolates', () => {
    for (const increase of [6, 6.5, 7.8]) {
      expect(() => {
        requireAgreement(reading([1_000, 1_000, 1_003, 1_003, 1_006, 1_006, 1_006, 1_006], { increase }));
      }).not.toThrow();
    }
  });

  it('refuses resets that are not in the samples, and samples that are no resets', () => {
    expect(() => {
      requireAgreement(reading([1_000, 1_003], { resets: 1, increase: 3 }));
    }).toThrow('Expected resets() to be 0, the steps back in its samples, got 1');
    expect(() => {
      requireAgreement(reading([1_003, 1_000], { increase: 1_000 }));
    }).toThrow('Expected resets() to be 1, the steps back in its samples, got 0');
  });

  it.each([5.9, 8])('refuses an increase() of %d where the samples grew by 6', (increase) => {
    expect(() => {
      requireAgreement(reading([1_000, 1_000, 1_003, 1_003, 1_006, 1_006, 1_006, 1_006], { increase }));
    }).toThrow(/^Expected increase\(\) to be 6 to 7.8\d+, by its samples, got /);
  });
});

describe('worst', () => {
  it('takes the worst in each respect', () => {
    const fine = {
      falseResets: 0,
      backwardSteps: 0,
      increaseError: 0.1,
      reckonedError: 0,
      firstLost: 0,
      isLastRight: true,
      longestBehindSeconds: 5,
    };
    const bad = {
      falseResets: 3,
      backwardSteps: 2,
      increaseError: -0.9,
      reckonedError: -0.8,
      firstLost: 7,
      isLastRight: false,
      longestBehindSeconds: 1,
    };
    expect(worst([fine, bad])).toEqual({
      falseResets: 3,
      backwardSteps: 2,
      increaseError: -0.9,
      reckonedError: -0.8,
      firstLost: 7,
      isLastRight: false,
      longestBehindSeconds: 5,
    });
  });
});
