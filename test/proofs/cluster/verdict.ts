export interface TimedSample {
  /** Unix seconds. */
  readonly time: number;
  readonly value: number;
}

/** What a Prometheus has of one counter that only ever grew. */
export interface Reading {
  /** As it stored them. */
  readonly samples: readonly TimedSample[];
  /** What its own functions say of the same samples. */
  readonly resets: number;
  readonly increase: number;
}

/** How right that is. */
export interface Verdict {
  /** Prometheus' `resets()`: counter resets that never were. */
  readonly falseResets: number;
  /** Steps back in the raw samples. The same number, if this judge and Prometheus both can count. */
  readonly backwardSteps: number;
  /** By how much Prometheus' `increase()` is off, as a share of the true growth. Some percent are its extrapolation. */
  readonly increaseError: number;
  /** The same without extrapolation: a step back counts as a restart from zero. */
  readonly reckonedError: number;
  /** What a series had counted by its first sample: `increase()` never has it. */
  readonly firstLost: number;
  /** Whether the last sample is the true value. */
  readonly isLastRight: boolean;
  /** Longest time in seconds that it showed nothing new although pushes went on. */
  readonly longestBehindSeconds: number;
}

/** Judges by the raw samples too, since an instant query often shows the right value while a stale copy is live. */
export function judge({ samples, resets, increase }: Reading, last: number): Verdict {
  const growth = last - firstValue(samples);
  const reckoned = reckon(samples);
  return {
    falseResets: resets,
    backwardSteps: reckoned.backwardSteps,
    increaseError: increase / growth - 1,
    reckonedError: reckoned.increase / growth - 1,
    firstLost: firstValue(samples),
    isLastRight: samples.at(-1)?.value === last,
    longestBehindSeconds: longestBehind(samples, last),
  };
}

export const firstValue = ([first]: readonly TimedSample[]): number => first?.value ?? Number.NaN;

/** A sample that is lower than the one before it. */
export interface StepBack {
  /** Unix seconds. */
  readonly time: number;
  readonly from: number;
  readonly to: number;
}

export function stepsBack(samples: readonly TimedSample[]): readonly StepBack[] {
  return samples.flatMap(({ time, value }, at) => {
    const from = samples[at - 1]?.value ?? value;
    return value < from ? [{ time, from, to: value }] : [];
  });
}

/** Steps back, and the increase as PromQL takes it before it extrapolates. */
function reckon(samples: readonly TimedSample[]): { backwardSteps: number; increase: number } {
  let increase = 0;
  samples.forEach(({ value }, at) => {
    const before = samples[at - 1]?.value ?? value;
    increase += value < before ? value : value - before;
  });
  return { backwardSteps: stepsBack(samples).length, increase };
}

function longestBehind(samples: readonly TimedSample[], last: number): number {
  let highest = samples[0]?.value ?? Number.NaN;
  let newsAt = samples[0]?.time ?? Number.NaN;
  let longest = 0;
  for (const { time, value } of samples) {
    // With the last value there is nothing newer to show.
    if (highest < last) longest = Math.max(longest, time - newsAt);
    if (value > highest) {
      highest = value;
      newsAt = time;
    }
  }
  return longest;
}

/**
 * Where this judge and Prometheus do not agree, one of them is wrong, and no verdict can be trusted. `increase()`
 * extrapolates to either side by 1.1 average intervals at the most.
 * @throws Error
 */
export function requireAgreement({ samples, resets, increase }: Reading): void {
  const reckoned = reckon(samples);
  if (reckoned.backwardSteps !== resets) {
    throw new Error(`Expected resets() to be ${reckoned.backwardSteps}, the steps back in its samples, got ${resets}`);
  }
  const highest = reckoned.increase * (1 + 2.2 / Math.max(samples.length - 1, 1));
  if (increase < reckoned.increase * 0.999 || increase > highest * 1.001) {
    throw new Error(`Expected increase() to be ${reckoned.increase} to ${highest}, by its samples, got ${increase}`);
  }
}

/** The worst of several verdicts in each respect. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const most = (of: (verdict: Verdict) => number): number => Math.max(...verdicts.map(of));
  const furthest = (of: (verdict: Verdict) => number): number =>
    verdicts.map(of).reduce((one, other) => (Math.abs(other) > Math.abs(one) ? other : one));
  return {
    falseResets: most(({ falseResets }) => falseResets),
    backwardSteps: most(({ backwardSteps }) => backwardSteps),
    increaseError: furthest(({ increaseError }) => increaseError),
    reckonedError: furthest(({ reckonedError }) => reckonedError),
    firstLost: most(({ firstLost }) => firstLost),
    isLastRight: verdicts.every(({ isLastRight }) => isLastRight),
    longestBehindSeconds: most(({ longestBehindSeconds }) => longestBehindSeconds),
  };
}
