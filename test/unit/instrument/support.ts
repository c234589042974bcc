import type { MetricsService } from 'nestjs-prometheus-pushgateway';
import { waitFor } from '../../support/wait-for.js';

/** Counts of the duration by label set, once `requests` are counted in all. */
export async function countsOf(
  metrics: MetricsService,
  requests: number,
  name = 'http_server_request_duration_seconds',
): Promise<string[]> {
  const lines = async (): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(`${name}_count`));
  const sum = (all: string[]): number => all.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  const found = await waitFor(
    async () => {
      const all = await lines();
      return sum(all) >= requests ? all : undefined;
    },
    { message: `${requests} requests counted` },
  );
  expect(sum(found)).toBe(requests);
  return found.map((line) => line.slice(name.length + '_count'.length)).sort();
}

/** A label set of the duration. */
export function series(method: string, route: string, status: number | string, error = ''): string {
  return `{error_type="${error}",http_request_method="${method}",http_response_status_code="${status}",http_route="${route}",url_scheme="http"}`;
}
