import { Inject, type InjectionToken } from '@nestjs/common';
import { fullName, type MetricDefinition } from '../model/index.js';
import { closest } from '../options/index.js';

const tokens = new Map<string, InjectionToken>();
/** Names that were given to `forFeature`, of whatever application in this process. */
const defined = new Set<string>();

/**
 * Injection token of a metric given to `forFeature`.
 * @param metric Its definition, or its name with its namespace, as Prometheus shows it.
 */
export function getMetricToken(metric: string | MetricDefinition): InjectionToken {
  const name = typeof metric === 'string' ? metric : fullName(metric);
  let token = tokens.get(name);
  if (token === undefined) {
    token = (): void => undefined;
    // A function, since Nest's message of a token that is nowhere asks for its name only then, when all metrics are known.
    Object.defineProperty(token, 'name', { get: () => `PrometheusPushgatewayMetric:${name}${adviceOn(name)}` });
    tokens.set(name, token);
  }
  return token;
}

/** The token of a metric that is being given to `forFeature`. */
export function tokenOfDefined(name: string): InjectionToken {
  defined.add(name);
  return getMetricToken(name);
}

/**
 * Injects the handle of a metric given to `forFeature`.
 * @param metric Its definition, or its name with its namespace, as Prometheus shows it.
 *
 * @example
 * ```ts
 * constructor(@InjectMetric(orders) private readonly orders: MetricOf<typeof orders>) {}
 * ```
 */
export function InjectMetric(metric: string | MetricDefinition): ReturnType<typeof Inject> {
  return Inject(getMetricToken(metric));
}

function adviceOn(name: string): string {
  if (defined.has(name)) return ' (import the forFeature that defines it)';
  const known = [...defined];
  if (known.length === 0) return ' (no forFeature defines any metric)';
  const meant = closest(name, known);
  const advice = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return ` (no forFeature defines it${advice || '.'} There are: ${known.map((one) => `"${one}"`).join(', ')})`;
}
