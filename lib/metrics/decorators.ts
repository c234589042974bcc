import { Inject, type InjectionToken } from '@nestjs/common';
import { fullName, type MetricDefinition } from '../model/index.js';
import { closest, tokenIn } from '../options/index.js';
import { MetricsService } from './metrics.service.js';

/** By the name of the module and that of the metric. */
const tokens = new Map<string, InjectionToken>();
/** Names that were given to `forFeature`, of whatever application in this process, by the name of the module. */
const defined = new Map<string | undefined, Set<string>>();

/**
 * Injection token of the `MetricsService` of the module with this name; without a name it is the class itself.
 * @param name What `name` of `forRoot` or `forRootAsync` says.
 */
export function getMetricsServiceToken(name?: string): InjectionToken<MetricsService> {
  return tokenIn(name, MetricsService);
}

/**
 * Injects the `MetricsService` of the module with this name.
 * @param name What `name` of `forRoot` or `forRootAsync` says.
 *
 * @example
 * ```ts
 * constructor(@InjectMetricsService('billing') private readonly metrics: MetricsService) {}
 * ```
 */
export function InjectMetricsService(name?: string): ReturnType<typeof Inject> {
  return Inject(getMetricsServiceToken(name));
}

/**
 * Injection token of a metric given to `forFeature`.
 * @param metric Its definition, or its name with its namespace, as Prometheus shows it.
 * @param module The name of the module, if it has one.
 */
export function getMetricToken(metric: string | MetricDefinition, module?: string): InjectionToken {
  const name = typeof metric === 'string' ? metric : fullName(metric);
  const key = JSON.stringify([module, name]);
  let token = tokens.get(key);
  if (token === undefined) {
    token = (): void => undefined;
    // A function, since Nest's message of a token that is nowhere asks for its name only then, when all metrics are known.
    Object.defineProperty(token, 'name', { get: () => `PrometheusPushgatewayMetric:${name}${adviceOn(name, module)}` });
    tokens.set(key, token);
  }
  return token;
}

/** The token of a metric that is being given to `forFeature`. */
export function tokenOfDefined(name: string, module?: string): InjectionToken {
  const names = defined.get(module) ?? new Set();
  defined.set(module, names.add(name));
  return getMetricToken(name, module);
}

/**
 * Injects the handle of a metric given to `forFeature`.
 * @param metric Its definition, or its name with its namespace, as Prometheus shows it.
 * @param module The name of the module, if it has one.
 *
 * @example
 * ```ts
 * constructor(@InjectMetric(orders) private readonly orders: MetricOf<typeof orders>) {}
 * ```
 */
export function InjectMetric(metric: string | MetricDefinition, module?: string): ReturnType<typeof Inject> {
  return Inject(getMetricToken(metric, module));
}

function adviceOn(name: string, module: string | undefined): string {
  const known = [...(defined.get(module) ?? [])];
  const feature = module === undefined ? 'forFeature' : `forFeature of "${module}"`;
  if (known.includes(name)) return ` (import the ${feature} that defines it)`;
  if (known.length === 0)
    return ` (no ${feature} defines any metric; those of the option metrics come from MetricsService)`;
  const meant = closest(name, known);
  const advice = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return ` (no ${feature} defines it${advice || '.'} There are: ${known.map((one) => `"${one}"`).join(', ')})`;
}
