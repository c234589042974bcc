import { setTimeout as wait } from 'node:timers/promises';

/** Ends a watch: aborted by SIGTERM, or by SIGINT (Ctrl-C). A second signal ends the process as usual. */
export function untilSignal(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  process.once('SIGTERM', abort);
  process.once('SIGINT', abort);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGTERM', abort);
      process.off('SIGINT', abort);
    },
  };
}

/** Waits, or less long if the signal is aborted. */
export async function waitUnlessAborted(delayMs: number, signal: AbortSignal): Promise<void> {
  await wait(delayMs, undefined, { signal }).catch(() => undefined);
}
