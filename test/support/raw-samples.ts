import type { RunningServer } from './servers.js';

interface MatrixAnswer {
  data: { result: { values: [number, string][] }[] };
}

/** Every sample that Prometheus kept of a series in the last five minutes, as scraped. */
export async function rawSamples(prometheus: RunningServer, selector: string): Promise<number[]> {
  return (await timedSamples(prometheus, selector)).map(({ value }) => value);
}

/** The same, with the times of the samples. */
export async function timedSamples(
  prometheus: RunningServer,
  selector: string,
): Promise<{ atMs: number; value: number }[]> {
  const query = new URLSearchParams({ query: `${selector}[5m]` });
  const response = await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`);
  const answer = (await response.json()) as MatrixAnswer;
  return answer.data.result.flatMap(({ values }) =>
    values.map(([at, value]) => ({ atMs: at * 1_000, value: Number(value) })),
  );
}

/** How many samples are lower than the one before. */
export function backwardSteps(samples: readonly number[]): number {
  return samples.filter((value, at) => at > 0 && value < (samples[at - 1] as number)).length;
}
