import { HttpConnectionError, HttpProxyError, HttpTimeoutError } from '../../errors/index.js';

/**
 * What a failed request says of the gateway:
 * - `refused`: nothing was sent. Mostly the process has ended, and its memory with it; a network that refuses looks the same;
 * - `silent`: no answer; it may be frozen or out of reach, and still have what it had;
 * - `answered`: it, or a proxy before it, gave an answer, though not the one wanted;
 * - `proxy`: nothing. The proxy on the way let nothing through, and a gateway that cannot be asked keeps what it has.
 */
export type FailureKind = 'refused' | 'silent' | 'answered' | 'proxy';

/** Whether nothing is at the address: nobody listens, or the name does not exist. */
export function isNobodyThere(error: unknown): boolean {
  return error instanceof HttpConnectionError && ['ECONNREFUSED', 'ENOTFOUND'].includes(error.reason);
}

export function failureKind(error: unknown): FailureKind {
  if (error instanceof HttpProxyError) return 'proxy';
  if (error instanceof HttpConnectionError && error.reason === 'ANSWER_TOO_LONG') return 'answered';
  if (error instanceof HttpConnectionError) return error.reason === 'ECONNREFUSED' ? 'refused' : 'silent';
  return error instanceof HttpTimeoutError ? 'silent' : 'answered';
}
