import { Observable, type Observer, Subscriber } from 'rxjs';
import { PackageLogger } from '../../log/package-logger.js';

const logger = new PackageLogger();

/** An observable whose listeners may throw: rxjs would end the process by an uncaught exception. So are those made of it with `pipe`. */
export class Guarded<Value> extends Observable<Value> {
  constructor(begin: (subscriber: Subscriber<Value>) => () => void) {
    super(begin);
    const { pipe, subscribe } = Observable.prototype as unknown as Record<'pipe' | 'subscribe', Method>;
    const made = {
      pipe: (...operators: unknown[]) => guarded(Reflect.apply(pipe, this, operators)),
      subscribe: (...listener: unknown[]) => Reflect.apply(subscribe, this, [safe(listener)]),
    };
    Object.assign(this, made);
  }
}

type Method = (...given: unknown[]) => unknown;

function guarded(made: unknown): unknown {
  if (!(made instanceof Observable) || made instanceof Guarded) return made;
  return new Guarded<unknown>((subscriber) => {
    const subscription = made.subscribe(subscriber);
    return () => {
      subscription.unsubscribe();
    };
  });
}

/** What rxjs' `subscribe` takes; an operator's own subscriber tells its failures to the next one. */
function safe([first, error, complete]: readonly unknown[]): Partial<Observer<unknown>> {
  if (first instanceof Subscriber) return first as Subscriber<unknown>;
  const given = typeof first === 'object' && first !== null ? first : { next: first, error, complete };
  const { next, ...end } = given as Partial<Record<'next' | 'error' | 'complete', unknown>>;
  const call = (name: 'next' | 'error' | 'complete', value?: unknown): void => {
    const listener = name === 'next' ? next : end[name];
    if (typeof listener !== 'function') {
      if (name === 'error') tell(value);
      return;
    }
    try {
      const answer: unknown = Reflect.apply(listener, given, [value]);
      void Promise.resolve(answer).catch(tell);
    } catch (thrown) {
      tell(thrown);
    }
  };
  return {
    next: (value) => {
      call('next', value);
    },
    error: (thrown) => {
      call('error', thrown);
    },
    complete: () => {
      call('complete');
    },
  };
}

function tell(thrown: unknown): void {
  logger.error(`A listener of MetricsEvents has failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
}
