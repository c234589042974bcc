import { types } from 'node:util';
import { Observable } from 'rxjs';

/** How a run of a method ended. `cancelled`: nobody listens to its observable any more. */
export type Outcome = 'success' | 'error' | 'cancelled';

/** Called once, when a run ends. */
export type End = (outcome: Outcome) => void;

/** Called when a run begins; gives nothing where nobody measures. */
export type Begin = () => End | undefined;

/**
 * Runs a method and tells how it ends: at once, with its promise, or with each subscription to its observable. What it gives or throws
 * stays as it is. Of promises and observables only those of JavaScript and rxjs themselves are waited for: to listen to others, such as
 * queries that run when they are awaited, would change them.
 */
export function measuredRun(begin: Begin, run: () => unknown): unknown {
  const end = begin();
  if (end === undefined) return run();
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    end('error');
    throw error;
  }
  if (types.isPromise(result)) return settled(result, end);
  if (isPlainObservable(result)) return measuredObservable(result, end, begin);
  end('success');
  return result;
}

function settled(promise: Promise<unknown>, end: End): Promise<unknown> {
  return promise.then(
    (value) => {
      end('success');
      return value;
    },
    (error: unknown) => {
      end('error');
      throw error;
    },
  );
}

/** Not a subject, whose own methods somebody may need. */
function isPlainObservable(value: unknown): value is Observable<unknown> {
  return value instanceof Observable && Object.getPrototypeOf(value) === Observable.prototype;
}

/** The first subscription ends the run of the call; each further one is a run of its own. */
function measuredObservable(source: Observable<unknown>, first: End, begin: Begin): Observable<unknown> {
  let unused: End | undefined = first;
  return new Observable((subscriber) => {
    let end = unused ?? begin();
    unused = undefined;
    const done = (outcome: Outcome): void => {
      end?.(outcome);
      end = undefined;
    };
    const subscription = source.subscribe({
      next: (value) => {
        subscriber.next(value);
      },
      error: (error) => {
        done('error');
        subscriber.error(error);
      },
      complete: () => {
        done('success');
        subscriber.complete();
      },
    });
    return () => {
      subscription.unsubscribe();
      done('cancelled');
    };
  });
}
