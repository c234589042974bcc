import { MetricDefinitionError } from '../errors/index.js';
import type { MetricDefinition, ResolvedDefinition } from './metric-definition.js';

/** How a metric is read before a push. */
export interface ResolvedCollect {
  /** Called with the handle, also as `this`, and what is injected. */
  readonly collect: (...args: unknown[]) => unknown;
  /** Injection tokens. */
  readonly inject: readonly unknown[];
  readonly by: 'one' | 'each';
  readonly timeoutMs: number;
}

const DEFAULT_TIMEOUT_MS = 1_000;
/** The push that waits has its turn meanwhile: others wait too. */
const LONGEST_TIMEOUT_MS = 10_000;

/**
 * How a metric is collected; undefined if it is not.
 * @throws MetricDefinitionError
 */
export function resolveCollect(
  definition: MetricDefinition,
  { name, type, aggregation }: ResolvedDefinition,
): ResolvedCollect | undefined {
  const { collect, inject = [], collectBy, collectTimeoutMs = DEFAULT_TIMEOUT_MS } = definition;
  if (collect === undefined) {
    const [lonely] = (['inject', 'collectBy', 'collectTimeoutMs'] as const).filter(
      (field) => definition[field] !== undefined,
    );
    if (lonely !== undefined) throw invalid(name, lonely, 'it only with "collect"');
    return undefined;
  }
  if (typeof collect !== 'function') throw invalid(name, 'collect', 'a function');
  if (!Array.isArray(inject) || inject.some((token) => token === undefined || token === null)) {
    throw invalid(
      name,
      'inject',
      'an array of injection tokens (undefined stands in it where files import each other)',
    );
  }
  if (collectBy !== undefined && !['one', 'each'].includes(collectBy)) {
    throw invalid(name, 'collectBy', '"one" or "each"');
  }
  if (!Number.isInteger(collectTimeoutMs) || collectTimeoutMs < 1 || collectTimeoutMs > LONGEST_TIMEOUT_MS) {
    throw invalid(name, 'collectTimeoutMs', `a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}`);
  }
  const isShared = type === 'gauge' && aggregation === undefined;
  return { collect, inject, by: collectBy ?? (isShared ? 'one' : 'each'), timeoutMs: collectTimeoutMs };
}

function invalid(name: string, field: string, expected: string): MetricDefinitionError {
  return new MetricDefinitionError(`Invalid ${field} of metric "${name}": expected ${expected}`);
}
