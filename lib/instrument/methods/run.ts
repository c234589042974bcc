import { types } from 'node:util';
import { defer, finalize, Observable, tap } from 'rxjs';

/** How a run of a method ended. `cancelled`: nobody listens to its observable any more. */
export type Outcome = 'success' | 'error' | 'cancelled';

/** Called once, when a run ends. */
export type End = (outcome: Outcome) => void;

/**
 * Notes a run that has begun; gives nothing where nobody measures.
 * @param begun When, by `performance.now()`.
 */
export type Begin = (begun: number) => End | undefined;

/**
 * Runs a method and tells how it ends: at once, with its promise, or with each subscription to its observable, which is a run of its
 * own. What it gives or throws stays as it is. Of promises and observables only those of JavaScript and rxjs themselves are waited for:
 * to listen to others, such as queries that run when they are awaited, would change them.
 */
export function measuredRun(begin: Begin, run: () => unknown): unknown {
  const begun = performance.now();
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    begin(begun)?.('error');
    throw error;
  }
  if (isPlainObservable(result)) return measuredObservable(result, begin);
  // Noted only now: until here nobody could look.
  const end = begin(begun);
  if (end === undefined) return result;
  if (isPlainPromise(result)) return measuredPromise(result, end);
  end('success');
  return result;
}

/** Not of a class of its own, which may run only when it is awaited. Promises of another realm, as in Jest, are plain too. */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (!types.isPromise(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object;
  return Object.getPrototypeOf(Object.getPrototypeOf(prototype)) === null;
}

/** One that has methods of its own, such as `json()`, is given as it is: whether somebody handles its rejection is its own affair. */
function measuredPromise(promise: Promise<unknown>, end: End): Promise<unknown> {
  const measured = promise.then(
    (value) => {
      end('success');
      return value;
    },
    (error: unknown) => {
      end('error');
      throw error;
    },
  );
  // Not its symbols: AsyncLocalStorage leaves some at every promise.
  if (Object.keys(promise).length === 0) return measured;
  measured.catch(() => undefined);
  return promise;
}

/** What rxjs gives each observable. */
const OF_OBSERVABLES: readonly string[] = ['_subscribe', 'source', 'operator'];

/** Neither a subject nor anything else with methods of its own, which somebody may need. */
function isPlainObservable(value: unknown): value is Observable<unknown> {
  return (
    value instanceof Observable &&
    Object.getPrototypeOf(value) === Observable.prototype &&
    Object.keys(value).every((key) => OF_OBSERVABLES.includes(key))
  );
}

function measuredObservable(source: Observable<unknown>, begin: Begin): Observable<unknown> {
  return defer(() => {
    let end = begin(performance.now());
    if (end === undefined) return source;
    const done = (outcome: Outcome): void => {
      end?.(outcome);
      end = undefined;
    };
    const ends = tap({
      error: () => {
        done('error');
      },
      complete: () => {
        done('success');
      },
    });
    return source.pipe(
      ends,
      finalize(() => {
        done('cancelled');
      }),
    );
  });
}
