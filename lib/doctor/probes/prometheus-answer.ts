import { PrometheusResponseError } from '../../errors/index.js';
import type { HttpClient, HttpResponse } from '../../http/index.js';

/** @throws PrometheusResponseError for what is no answer of Prometheus. */
export function json(http: HttpClient, response: HttpResponse, path: string): unknown {
  const { status } = response;
  try {
    if (status === 200) return JSON.parse(response.body) ?? {};
  } catch {
    // Told below.
  }
  const reason = http.reasonOf(response);
  throw new PrometheusResponseError(
    `${http.server} did not answer ${path} (${status}): ${reason}`,
    status,
    undefined,
    reason,
  );
}
