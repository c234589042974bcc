import type { HttpResponse } from '../../http/index.js';

const EXPLANATION =
  'is VictoriaMetrics, not a Pushgateway: it keeps every value as a sample of its own and removes nothing. Let it scrape a Pushgateway';

/**
 * Whether an answer may be one of VictoriaMetrics, which takes a push with 200 as a Pushgateway does. Its header proves nothing,
 * since its proxy puts it into answers of others too.
 */
export function mayBeVictoriaMetrics({ headers, body }: HttpResponse): boolean {
  return headers['x-server-hostname'] !== undefined && body === '';
}

/**
 * Says so if VictoriaMetrics gave this answer. It answers nearly every path below the one for pushes, with a status that no
 * Pushgateway gives.
 * @param expected Statuses of a Pushgateway.
 */
export function victoriaMetrics(response: HttpResponse, expected: readonly number[]): string | undefined {
  return mayBeVictoriaMetrics(response) && !expected.includes(response.status) && response.status < 300
    ? EXPLANATION
    : undefined;
}
