import { ofLiving } from './of-living.js';
import { byOutcome, METHOD_LABELS } from './by-outcome.js';
import { measuring, type MethodOrClassDecorator } from './measured-method.js';

/** How {@link Counted} counts. */
export interface CountedOptions {
  /**
   * Name of the counter.
   * @defaultValue `'method_calls_total'`
   */
  name?: string;
  /**
   * What it counts, for people.
   * @defaultValue `'Calls of methods that have ended'`
   */
  help?: string;
}

const COUNTED = Symbol('Counted');

/**
 * Counts the calls of a method that have ended, or of each method of a class: a counter with the labels `class`, `method` and
 * `outcome`. Otherwise as {@link Timed}.
 *
 * @example
 * ```ts
 * @Counted({ name: 'checkouts_total', help: 'Checkouts' })
 * checkout(basket: Basket): Observable<Order> { ... }
 * ```
 */
export function Counted(options: CountedOptions = {}): MethodOrClassDecorator {
  const { name = 'method_calls_total', help = 'Calls of methods that have ended' } = options;
  return measuring(COUNTED, (className, method) => {
    const found = ofLiving((metrics) => {
      const counter = metrics.counter<string>({ name, help, labelNames: METHOD_LABELS });
      return byOutcome(counter, { class: className, method });
    });
    return () => {
      const callsOf = found();
      return (
        callsOf &&
        ((outcome) => {
          callsOf(outcome).inc();
        })
      );
    };
  });
}
