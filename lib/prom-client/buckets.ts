/** `count` bounds: `start`, and each `width` more than the one before. */
export function linearBuckets(start: number, width: number, count: number): number[] {
  if (!(count >= 1)) throw new RangeError(`linearBuckets: expected a count of at least 1, got ${count}`);
  return Array.from({ length: count }, (_, at) => start + at * width);
}

/** `count` bounds: `start`, and each `factor` times the one before. */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  if (!(start > 0 && factor > 1 && count >= 1)) {
    throw new RangeError(
      `exponentialBuckets: expected a start above 0, a factor above 1 and a count of at least 1, got ${start}, ${factor}, ${count}`,
    );
  }
  return Array.from({ length: count }, (_, at) => start * factor ** at);
}
