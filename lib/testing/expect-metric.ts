import { AssertionError } from 'node:assert';
import type { INestApplicationContext } from '@nestjs/common';
import { formatNumber } from '../exposition/index.js';
import { closest } from '../options/index.js';
import {
  type Distribution,
  findMetric,
  type FoundMetric,
  identityOf,
  type Labels,
  noMetric,
  valueIn,
} from './metric-value.js';

export type { Labels } from './metric-value.js';

/**
 * A number; of a histogram or summary any of `{ count, sum, buckets, quantiles }`; or `'absent'` where there should be no such
 * series.
 */
export type ExpectedMetric = number | Partial<Distribution> | 'absent';

/** Numbers that differ by less than this part of them are equal: 0.1 + 0.2 is 0.3. */
const PRECISION = 1e-9;
const MOST_LINES = 30;

/**
 * Expects what a series without labels has counted so far. There is nothing to wait for: what was counted is stored first.
 * @throws AssertionError (of `node:assert`) that shows what the metric has instead
 */
export function expectMetric(
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
  expected: ExpectedMetric,
): Promise<void>;
/**
 * Expects what a series has counted so far.
 * @param labels All labels of the series.
 * @throws AssertionError (of `node:assert`) that shows what the metric has instead
 */
export function expectMetric(
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
  labels: Labels,
  expected: ExpectedMetric,
): Promise<void>;
export async function expectMetric(
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
  ...rest: [ExpectedMetric] | [Labels, ExpectedMetric]
): Promise<void> {
  const [labels, expected] = rest.length === 1 ? [{}, rest[0]] : rest;
  const found = await findMetric(app, name);
  if (!('family' in found)) {
    const near = closest(name, found.names);
    throw fault(
      noMetric(name, found.names, near === undefined ? '' : ` (did you mean "${near}"?)`),
      undefined,
      expected,
    );
  }
  const actual = valueIn(found, labels);
  if (!isAsExpected(actual, expected)) throw fault(messageOf(found, labels, actual, expected), actual, expected);
}

function isAsExpected(actual: unknown, expected: unknown): boolean {
  if (expected === 'absent') return actual === undefined;
  if (typeof expected === 'number') return typeof actual === 'number' && isNear(actual, expected);
  if (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null) return false;
  return Object.entries(expected).every(([key, value]) =>
    isAsExpected((actual as Record<string, unknown>)[key], value),
  );
}

function isNear(actual: number, expected: number): boolean {
  if (Object.is(actual, expected)) return true;
  return Math.abs(actual - expected) <= PRECISION * Math.max(Math.abs(actual), Math.abs(expected));
}

function messageOf(found: FoundMetric, labels: Labels, actual: unknown, expected: ExpectedMetric): string {
  const { name, type, labelNames } = found.definition;
  const identity = identityOf(labels);
  const series = identity === '' ? name : `${name}{${identity}}`;
  const got = actual === undefined ? 'there is no such series' : `got ${shown(actual)}`;
  const lines = found.family.values.map((sample) => {
    const own = identityOf(sample.labels);
    return `\n  ${sample.metricName}${own === '' ? '' : `{${own}}`} ${formatNumber(sample.value)}`;
  });
  const rest = lines.length > MOST_LINES ? `\n  ... and ${lines.length - MOST_LINES} lines more` : '';
  const has = lines.length === 0 ? 'has no series' : `has${lines.slice(0, MOST_LINES).join('')}${rest}`;
  const labelled = labelNames.length === 0 ? 'without labels' : `with the labels ${labelNames.join(', ')}`;
  return `Expected ${series} to be ${shown(expected)}, ${got}.\nThe ${type} ${name}, ${labelled}, ${has}`;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? formatNumber(value) : typeof value === 'string' ? value : JSON.stringify(value);
}

function fault(message: string, actual: unknown, expected: unknown): AssertionError {
  return new AssertionError({ message, actual, expected, operator: 'expectMetric', stackStartFn: expectMetric });
}
