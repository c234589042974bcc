import type { HttpResponse } from '../../http/index.js';

/** `Date` has whole seconds: on average the clock is half a second further. */
const HALF_SECOND_MS = 500;

/** An answer, and how far the clock of who gave it is ahead of ours in milliseconds; undefined without a `Date` header. */
export interface Timed {
  readonly response: HttpResponse;
  readonly clockAheadMs: number | undefined;
}

/** Compares with the middle of the time that asking took; good to half a second and half of that time. */
export async function timed(request: () => Promise<HttpResponse>): Promise<Timed> {
  const asked = Date.now();
  const response = await request();
  const middle = (asked + Date.now()) / 2;
  const date = Date.parse(response.headers['date'] ?? '');
  return { response, clockAheadMs: Number.isNaN(date) ? undefined : Math.round(date + HALF_SECOND_MS - middle) };
}
