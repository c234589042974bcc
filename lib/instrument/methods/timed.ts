import { METHOD_LABELS } from './by-outcome.js';
import { measuring, type MethodOrClassDecorator } from './measured-method.js';
import { timedBy } from './timed-by.js';

/** How {@link Timed} measures. */
export interface TimedOptions {
  /**
   * Name of the histogram.
   * @defaultValue `'method_duration_seconds'`
   */
  name?: string;
  /**
   * What it measures, for people.
   * @defaultValue `'Duration of methods, in seconds'`
   */
  help?: string;
  /**
   * Upper bounds of its buckets, in seconds.
   * @defaultValue {@link DEFAULT_BUCKETS}
   */
  buckets?: readonly number[];
}

const TIMED = Symbol('Timed');

/**
 * Measures how long a method takes, or each method of a class: a histogram with the labels `class`, `method` and `outcome`
 * (`success`, `error`, or `cancelled` for an observable that nobody listens to any more). A promise is waited for, an observable from its
 * subscription to its end. Without `PrometheusPushgatewayModule` in the process it does nothing.
 *
 * @example
 * ```ts
 * @Timed()
 * async checkout(basket: Basket): Promise<Order> { ... }
 * ```
 */
export function Timed(options: TimedOptions = {}): MethodOrClassDecorator {
  const { name = 'method_duration_seconds', help = 'Duration of methods, in seconds', buckets } = options;
  const definition = { name, help, labelNames: METHOD_LABELS, ...(buckets && { buckets }) };
  return measuring(TIMED, (className, method) =>
    timedBy((metrics) => metrics.histogram<string>(definition), { class: className, method }),
  );
}
