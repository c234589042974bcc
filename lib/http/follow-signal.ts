/**
 * Aborts `controller` when `signal` is aborted, until the function that it gives is called. `AbortSignal.any` would leave some
 * hundred bytes behind at each use, as long as the signal lives.
 */
export function followSignal(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => undefined;
  const abort = (): void => {
    controller.abort(signal.reason);
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return () => {
    signal.removeEventListener('abort', abort);
  };
}
