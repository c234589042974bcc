import { MetricsService, type PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { parseSamples, type Sample } from './parse-samples.js';

/** A place where values of the shop arrive. */
export interface Column {
  readonly title: string;
  read(): Promise<Sample[]>;
}

/** How a gateway wants to be asked. */
export interface GatewayAccess {
  readonly headers?: Readonly<Record<string, string>>;
}

const READ_TIMEOUT_MS = 2_000;

/** What the store holds, this process' own counts included. */
export function inStore(title: string, metrics: MetricsService, jobs: readonly string[]): Column {
  return {
    title,
    read: async () => {
      const texts = await Promise.all(jobs.map(async (job) => parseSamples(await metrics.text(job), { job })));
      return texts.flat();
    },
  };
}

export function onGateway(title: string, url: string, { headers = {} }: GatewayAccess = {}): Column {
  return {
    title,
    read: async () => {
      const response = await fetch(`${url}/metrics`, { headers, signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
      if (!response.ok) throw new Error(`${url}/metrics answers ${response.status} ${response.statusText}`);
      return parseSamples(await response.text());
    },
  };
}

/** The instance narrows it to the replicas that add up; otherwise all of the jobs. */
export function inPrometheus(
  title: string,
  prometheus: PrometheusClient,
  jobs: readonly string[],
  instance?: string,
): Column {
  const matchers = [
    `job=~"${jobs.join('|')}"`,
    ...(instance === undefined ? [] : [`instance=${JSON.stringify(instance)}`]),
  ];
  return {
    title,
    read: async () => {
      const series = await prometheus.query(`{${matchers.join(',')}}`, {
        signal: AbortSignal.timeout(READ_TIMEOUT_MS),
      });
      return series.map(({ metric, value }) => ({ name: metric['__name__'] ?? '', labels: metric, value }));
    },
  };
}
