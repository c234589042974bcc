import type { RunningServer } from './servers.js';

interface MatrixAnswer {
  data: { result: { values: [number, string][] }[] };
}

/** Every sample that Prometheus kept of a series in the last five minutes, as scraped. */
export async function rawSamples(prometheus: RunningServer, selector: string): Promise<number[]> {
  const query = new URLSearchParams({ query: `${selector}[5m]` });
  const response = await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`);
  const answer = (await response.json()) as MatrixAnswer;
  return answer.data.result.flatMap(({ values }) => values.map(([, value]) => Number(value)));
}

/** How many samples are lower than the one before. */
export function backwardSteps(samples: readonly number[]): number {
  return samples.filter((value, at) => at > 0 && value < (samples[at - 1] as number)).length;
}
