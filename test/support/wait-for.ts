import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface WaitForOptions {
  /** @default 20_000 */
  timeoutMs?: number;
  /** Pause between two looks. @default 50 */
  intervalMs?: number;
  /** What is waited for; begins the failure's message. @default 'the condition' */
  message?: string;
}

type Truthy<T> = Exclude<T, false | 0 | 0n | '' | null | undefined>;
type Look<T> = { kind: 'value'; value: T } | { kind: 'error'; error: unknown } | { kind: 'pending' };

/**
 * Resolves with the first truthy result of the condition. A condition that throws or rejects is asked again.
 * After the deadline it rejects and says what the condition gave last, even if that never settled.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 20_000, intervalMs = 50, message = 'the condition' }: WaitForOptions = {},
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: Look<T> = { kind: 'pending' };
  let looks = 0;
  do {
    looks++;
    const look = await lookOnce(condition, Math.max(deadline - Date.now(), 1));
    if (look.kind === 'value' && look.value) return look.value as Truthy<T>;
    // What an earlier look gave says more than that the last one was cut off by the deadline.
    if (look.kind !== 'pending' || last.kind === 'pending') last = look;
    await sleep(Math.max(Math.min(intervalMs, deadline - Date.now()), 0));
  } while (Date.now() < deadline);
  const options = last.kind === 'error' ? { cause: last.error } : {};
  throw new Error(`Waited ${timeoutMs} ms for ${message}, in vain; ${describe(last)} (looked ${looks} times)`, options);
}

async function lookOnce<T>(condition: () => T | Promise<T>, timeoutMs: number): Promise<Look<T>> {
  const timer = new AbortController();
  const settled = (async (): Promise<Look<T>> => {
    try {
      return { kind: 'value', value: await condition() };
    } catch (error) {
      return { kind: 'error', error };
    }
  })();
  const cutOff = sleep<Look<T>>(timeoutMs, { kind: 'pending' }, { signal: timer.signal });
  cutOff.catch(() => undefined);
  try {
    return await Promise.race([settled, cutOff]);
  } finally {
    timer.abort();
  }
}

function describe<T>(last: Look<T>): string {
  switch (last.kind) {
    case 'pending':
      return 'the condition never settled';
    case 'error':
      return `last error: ${last.error instanceof Error ? last.error.message : inspect(last.error)}`;
    case 'value':
      return `last value: ${inspect(last.value, { depth: 4, maxArrayLength: 20, maxStringLength: 2_000 })}`;
  }
}
