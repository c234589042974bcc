import { setTimeout as wait } from 'node:timers/promises';

/** Ends a watch: aborted by SIGTERM, by SIGINT (Ctrl-C), or when nobody reads its output any more. A second signal ends the process as usual. */
export function untilSignal(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  // While a server is away, complaints are all that is written.
  const outputs = [process.stdout, process.stderr];
  const abort = (): void => {
    controller.abort();
  };
  process.once('SIGTERM', abort);
  process.once('SIGINT', abort);
  for (const output of outputs) output.once('error', abort);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGTERM', abort);
      process.off('SIGINT', abort);
      for (const output of outputs) output.off('error', abort);
    },
  };
}

/** Waits, or less long if the signal is aborted. */
export async function waitUnlessAborted(delayMs: number, signal: AbortSignal): Promise<void> {
  await wait(delayMs, undefined, { signal }).catch(() => undefined);
}

/**
 * Milliseconds of the flag `--interval`.
 * @throws RangeError
 */
export function intervalMs(seconds: number): number {
  if (!(seconds > 0 && seconds < 86_400)) throw new RangeError('--interval: expected a number of seconds above 0');
  return seconds * 1_000;
}
