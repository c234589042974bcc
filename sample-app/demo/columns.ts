import { MetricsService, type PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { parseSamples, type Sample } from './samples.js';

/** A place where values of the shop arrive. */
export interface Column {
  readonly title: string;
  read(): Promise<Sample[]>;
}

const READ_TIMEOUT_MS = 2_000;

/** What the store holds, as another process than the shop reads it. */
export function inStore(title: string, metrics: MetricsService, jobs: readonly string[]): Column {
  return {
    title,
    read: async () => {
      const texts = await Promise.all(jobs.map(async (job) => parseSamples(await metrics.text(job), { job })));
      return texts.flat();
    },
  };
}

export function onGateway(url: string): Column {
  return {
    title: 'on the gateway',
    read: async () => {
      const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
      return parseSamples(await response.text());
    },
  };
}

export function inPrometheus(title: string, prometheus: PrometheusClient, jobs: readonly string[]): Column {
  return {
    title,
    read: async () => {
      const series = await prometheus.query(`{job=~"${jobs.join('|')}"}`);
      return series.map(({ metric, value }) => ({ name: metric['__name__'] ?? '', labels: metric, value }));
    },
  };
}
