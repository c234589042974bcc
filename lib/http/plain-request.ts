import { isQuiet, quietly } from '../options/index.js';

type Call<Args extends unknown[], Result> = ((...args: Args) => Result) & { readonly __original?: unknown };

/**
 * Sends a request, past what measures outgoing ones if that was asked for: instrumentations of OpenTelemetry measure a request also
 * where tracing is suppressed, and leave what they have replaced at the function that replaced it.
 */
export function plainRequest<Args extends unknown[], Result>(request: Call<Args, Result>, ...args: Args): Result {
  if (!isQuiet()) return request(...args);
  let plain = request;
  while (typeof plain.__original === 'function') plain = plain.__original as typeof request;
  return quietly(() => plain(...args));
}
