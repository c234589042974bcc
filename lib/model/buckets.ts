import { MetricDefinitionError } from '../errors/index.js';

/**
 * Upper bounds of `count` buckets of the same width, for `buckets` of a histogram: `linearBuckets(0, 10, 3)` is `[0, 10, 20]`.
 * @param start The first bound.
 * @param width From one bound to the next, more than 0.
 * @param count How many bounds, at least 1.
 * @throws MetricDefinitionError
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  requireFinite('linearBuckets', { start, width });
  if (width <= 0) throw invalid('linearBuckets', 'a width greater than 0', width);
  requireCount('linearBuckets', count);
  return Array.from({ length: count }, (_, at) => start + at * width);
}

/**
 * Upper bounds of `count` buckets, each `factor` times the one before, for `buckets` of a histogram: `exponentialBuckets(1, 2, 4)` is
 * `[1, 2, 4, 8]`.
 * @param start The first bound, more than 0.
 * @param factor More than 1.
 * @param count How many bounds, at least 1.
 * @throws MetricDefinitionError
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  requireFinite('exponentialBuckets', { start, factor });
  if (start <= 0) throw invalid('exponentialBuckets', 'a start greater than 0', start);
  if (factor <= 1) throw invalid('exponentialBuckets', 'a factor greater than 1', factor);
  requireCount('exponentialBuckets', count);
  const bounds: number[] = [];
  for (let bound = start; bounds.length < count; bound *= factor) bounds.push(bound);
  return bounds;
}

function requireFinite(name: string, numbers: Readonly<Record<string, number>>): void {
  for (const [what, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) throw invalid(name, `${what} to be a number`, value);
  }
}

function requireCount(name: string, count: number): void {
  if (!Number.isInteger(count) || count < 1) throw invalid(name, 'a whole number of buckets, at least 1', count);
}

function invalid(name: string, expected: string, got: unknown): MetricDefinitionError {
  return new MetricDefinitionError(`${name}: expected ${expected}, got ${String(got)}`);
}
