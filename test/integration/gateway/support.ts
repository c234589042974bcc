import type { RunningServer } from '../../support/servers.js';

interface ApiMetrics {
  data: ({ labels: Record<string, string> } & Record<string, unknown>)[];
}

/** The grouping labels of every group that a gateway holds. */
export async function groupsOf(server: Pick<RunningServer, 'url'>): Promise<Record<string, string>[]> {
  const response = await fetch(`${server.url}/api/v1/metrics`);
  const { data } = (await response.json()) as ApiMetrics;
  return data.map(({ labels }) => labels);
}

/** The sample lines of one metric on a gateway's /metrics. */
export async function samplesOf(server: Pick<RunningServer, 'url'>, metric: string): Promise<string[]> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return text.split('\n').filter((line) => new RegExp(`^${metric}[{ ]`).test(line));
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a rejection');
}
