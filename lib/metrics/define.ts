import type { MetricDefinition, MetricOptions, MetricType } from '../model/index.js';
import type { Handles } from './metric-registry.js';

/** A definition whose type and labels are known: what `defineCounter` and the like give. */
export interface DefinedMetric<
  Type extends MetricType = MetricType,
  Label extends string = string,
> extends MetricDefinition<Label> {
  readonly type: Type;
}

/** The handle of a definition: `MetricOf<typeof orders>` is `Counter<'type'>`. */
export type MetricOf<Definition> =
  Definition extends DefinedMetric<infer Type, infer Label> ? Handles<Label>[Type] : never;

/** What `collect` gets for a token of `inject`: of a class its instance. */
export type Provided<Token> = Token extends abstract new (...args: never[]) => infer Instance
  ? Instance
  : Token extends { readonly token: abstract new (...args: never[]) => infer Instance }
    ? Instance | undefined
    : // Of a token that is no class only the user knows.
      // eslint-disable-next-line @typescript-eslint/no-explicit-any
      any;

/** The options of a definition as a value; `collect` gets the handle, and what the tokens of `inject` provide. */
export type DefineOptions<Type extends MetricType, Label extends string, Tokens extends readonly unknown[]> = Omit<
  MetricOptions<Label>,
  'collect' | 'inject'
> & {
  inject?: Tokens;
  collect?: (
    this: Handles<Label>[Type],
    metric: Handles<Label>[Type],
    ...injected: { -readonly [At in keyof Tokens]: Provided<Tokens[At]> }
  ) => unknown;
};

/**
 * A counter as a value: for `forFeature`, `metrics` of `forRoot`, `@InjectMetric` and `MetricsService.define`.
 *
 * @example
 * ```ts
 * export const orders = defineCounter({ name: 'orders_total', help: 'Orders placed', labelNames: ['type'] });
 * ```
 */
export function defineCounter<const Label extends string = never, const Tokens extends readonly unknown[] = []>(
  options: DefineOptions<'counter', Label, Tokens>,
): DefinedMetric<'counter', Label> {
  return Object.freeze({ ...options, type: 'counter' as const });
}

/** A gauge as a value; as {@link defineCounter}. */
export function defineGauge<const Label extends string = never, const Tokens extends readonly unknown[] = []>(
  options: DefineOptions<'gauge', Label, Tokens>,
): DefinedMetric<'gauge', Label> {
  return Object.freeze({ ...options, type: 'gauge' as const });
}

/** A histogram as a value; as {@link defineCounter}. */
export function defineHistogram<const Label extends string = never, const Tokens extends readonly unknown[] = []>(
  options: DefineOptions<'histogram', Label, Tokens>,
): DefinedMetric<'histogram', Label> {
  return Object.freeze({ ...options, type: 'histogram' as const });
}

/** A summary as a value; as {@link defineCounter}. */
export function defineSummary<const Label extends string = never, const Tokens extends readonly unknown[] = []>(
  options: DefineOptions<'summary', Label, Tokens>,
): DefinedMetric<'summary', Label> {
  return Object.freeze({ ...options, type: 'summary' as const });
}
