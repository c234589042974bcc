import { MetricValueError } from '../errors/index.js';

interface Named {
  readonly name: string;
}

/** @throws MetricValueError if `value` is negative or not a finite number. */
export function requireIncrement(value: unknown, metric: Named): void {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return;
  if (!(typeof value === 'number' && value < 0)) throw invalid(value, metric, 'a finite number');
  throw new MetricValueError(`Counter "${metric.name}" cannot go down: expected a number >= 0, got ${value}`);
}

/** @throws MetricValueError if `value` is not a finite number. */
export function requireFinite(value: unknown, metric: Named): void {
  if (!Number.isFinite(value)) throw invalid(value, metric, 'a finite number');
}

/** @throws MetricValueError if `value` is not a number. NaN and infinities are allowed. */
export function requireNumber(value: unknown, metric: Named): void {
  if (typeof value !== 'number') throw invalid(value, metric, 'a number');
}

function invalid(value: unknown, { name }: Named, expected: string): MetricValueError {
  const got = typeof value === 'number' ? String(value) : describe(value);
  return new MetricValueError(`Invalid value for metric "${name}": expected ${expected}, got ${got}`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'string' ? `the string ${JSON.stringify(value)}` : `a value of type ${typeof value}`;
}
