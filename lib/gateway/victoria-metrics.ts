import type { HttpResponse } from '../http/index.js';

const EXPLANATION =
  'is VictoriaMetrics, not a Pushgateway: it keeps every value as a sample of its own and removes nothing. Let it scrape a Pushgateway';

/**
 * Says so if VictoriaMetrics gave this answer. It answers nearly every path below the one for pushes, with a status that no
 * Pushgateway gives; its header alone proves nothing, since its proxy puts it into answers of others too.
 * @param expected Statuses of a Pushgateway.
 */
export function victoriaMetrics(response: HttpResponse, expected: readonly number[]): string | undefined {
  const isIts = response.headers['x-server-hostname'] !== undefined && response.body === '';
  return isIts && !expected.includes(response.status) && response.status < 300 ? EXPLANATION : undefined;
}
