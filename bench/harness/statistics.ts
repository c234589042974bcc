/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('Expected at least one value to take the median of, got none');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
}

/**
 * A tenth of the values is not above it: what something costs while nothing else disturbs it, which only ever adds.
 */
export function lowestTenth(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('Expected at least one value, got none');
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 10)] as number;
}
