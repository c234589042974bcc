import { DEFAULT_ZERO_THRESHOLD, type NativeHistogram } from '../model/index.js';
import { HIGHEST_SCHEMA, LOWEST_SCHEMA, NATIVE_OFFSET } from '../model/native-histogram.js';
import type { ExponentialPoint } from './shapes.js';

const ZERO_EXPONENT = Math.log2(DEFAULT_ZERO_THRESHOLD);

/**
 * An exponential histogram's point as native buckets, count by count. Bucket _i_ of a scale is bin _i_ + 1 of the schema with that
 * number; of a scale that is too fine for a schema, 2^n buckets are one bin. What lies within the zero threshold is zero.
 * Undefined: the scale is so coarse that there is no schema for it.
 */
export function nativeCounts({ scale, zeroCount, positive, negative }: ExponentialPoint): NativeHistogram | undefined {
  if (scale < LOWEST_SCHEMA) return undefined;
  const schema = Math.min(scale, HIGHEST_SCHEMA);
  const counts = new Map<number, number>();
  const add = (bin: number, count: number): void => {
    if (count > 0) counts.set(bin, (counts.get(bin) ?? 0) + count);
  };
  add(0, zeroCount);
  for (const [sign, { offset, bucketCounts }] of [
    [1, positive],
    [-1, negative],
  ] as const) {
    bucketCounts.forEach((count, at) => {
      const index = Math.floor((offset + at) / 2 ** (scale - schema)) + 1;
      add(index <= ZERO_EXPONENT * 2 ** schema ? 0 : sign * (NATIVE_OFFSET + index), count);
    });
  }
  const bins = [...counts.keys()].sort((one, other) => one - other);
  return { schema, bins, counts: bins.map((bin) => counts.get(bin) as number) };
}
