/** What a Prometheus made of one counter that only ever grew. */
export interface Verdict {
  /** Steps back in the samples it stored: each is a counter reset that never was. */
  readonly falseResets: number;
  /** By how much its `increase()` since its first sample is off, as a share of the true growth. */
  readonly increaseError: number;
  /** Whether the last sample is the true value. */
  readonly isLastRight: boolean;
  /** Longest time in seconds that it showed nothing new although pushes went on. */
  readonly longestBehindSeconds: number;
}

export interface TimedSample {
  /** Unix seconds. */
  readonly time: number;
  readonly value: number;
}

/**
 * Judges by the raw samples, since an instant query often shows the right value while a stale copy is live. `increase` is
 * reckoned as PromQL does, without its extrapolation: a sample below the one before counts as a restart from zero.
 */
export function judge(samples: readonly TimedSample[], last: number): Verdict {
  let falseResets = 0;
  let increase = 0;
  const first = samples[0]?.value ?? Number.NaN;
  let highest = first;
  let newsAt = samples[0]?.time ?? Number.NaN;
  let longestBehindSeconds = 0;
  samples.forEach(({ time, value }, at) => {
    const before = samples[at - 1]?.value ?? value;
    if (value < before) falseResets += 1;
    increase += value < before ? value : value - before;
    // With the last value there is nothing newer to show.
    if (highest < last) longestBehindSeconds = Math.max(longestBehindSeconds, time - newsAt);
    if (value > highest) {
      highest = value;
      newsAt = time;
    }
  });
  return {
    falseResets,
    increaseError: increase / (last - first) - 1,
    isLastRight: samples.at(-1)?.value === last,
    longestBehindSeconds,
  };
}

/** The worst of several verdicts in each respect. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return {
    falseResets: Math.max(...verdicts.map(({ falseResets }) => falseResets)),
    increaseError: verdicts
      .map(({ increaseError }) => increaseError)
      .reduce((one, other) => (Math.abs(other) > Math.abs(one) ? other : one)),
    isLastRight: verdicts.every(({ isLastRight }) => isLastRight),
    longestBehindSeconds: Math.max(...verdicts.map(({ longestBehindSeconds }) => longestBehindSeconds)),
  };
}
