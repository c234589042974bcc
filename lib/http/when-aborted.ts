/**
 * Acts when `signal` is aborted, at once if it is, until the function that it gives is called. `AbortSignal.any` would leave some
 * hundred bytes behind at each use, as long as the signal lives.
 */
export function whenAborted(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) act();
  signal.addEventListener('abort', act, { once: true });
  return () => {
    signal.removeEventListener('abort', act);
  };
}
