import { readdirSync, readFileSync } from 'node:fs';
import type { RunningServer } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';

interface ApiMetrics {
  data: ({ labels: Record<string, string> } & Record<string, unknown>)[];
}

/** The grouping labels of every group that a gateway holds. */
export async function groupsOf(server: Pick<RunningServer, 'url'>): Promise<Record<string, string>[]> {
  const response = await fetch(`${server.url}/api/v1/metrics`);
  const { data } = (await response.json()) as ApiMetrics;
  return data.map(({ labels }) => labels);
}

/** Waits until a gateway holds so many groups: it answers a DELETE with 202 before it has done it. */
export async function settled(server: Pick<RunningServer, 'url'>, groups: number): Promise<void> {
  await waitFor(async () => (await groupsOf(server)).length === groups, { message: 'the deletion to take effect' });
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

/** Stops a server and waits until it stands still: the signal stops one thread after the other. */
export async function freeze(server: RunningServer): Promise<void> {
  server.kill('SIGSTOP');
  const threads = `/proc/${server.pid}/task`;
  const isStopped = (thread: string): boolean =>
    /^State:\s+T/m.test(readFileSync(`${threads}/${thread}/status`, 'utf8'));
  await waitFor(() => readdirSync(threads).every(isStopped), { message: `${server.name} to freeze` });
}
