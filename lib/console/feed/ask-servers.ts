import { GatewayResponseError } from '../../errors/index.js';
import { PushgatewayClient } from '../../gateway/index.js';
import { anyOf } from '../../model/index.js';
import type { Endpoint, ResolvedOptions } from '../../options/index.js';
import { PrometheusClient } from '../../prometheus/index.js';

/** What a server said when it was asked last. */
export interface ServerAnswer {
  readonly kind: 'gateway' | 'prometheus';
  readonly address: string;
  /** `partly`: something answers there, but not all that was asked. */
  readonly state: 'answers' | 'partly' | 'silent';
  readonly text: string;
  readonly tookMs: number;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Asks every gateway and every Prometheus; never rejects for what a server does. */
export function askServers(options: ResolvedOptions, prometheuses: readonly Endpoint[]): Promise<ServerAnswer[]> {
  return Promise.all([
    ...options.gateways.map((gateway) => timed('gateway', gateway.url, () => askGateway(gateway))),
    ...prometheuses.map((endpoint) => timed('prometheus', endpoint.url, () => askPrometheus(endpoint, options.jobs))),
  ]);
}

async function timed(
  kind: ServerAnswer['kind'],
  address: string,
  ask: () => Promise<Pick<ServerAnswer, 'state' | 'text'>>,
): Promise<ServerAnswer> {
  const begun = performance.now();
  const answer = await ask().catch((error: unknown) => ({
    state: 'silent' as const,
    text: (error as Error).message,
  }));
  return { kind, address, ...answer, tookMs: performance.now() - begun, at: Date.now() };
}

async function askGateway(gateway: ResolvedOptions['gateways'][0]): Promise<Pick<ServerAnswer, 'state' | 'text'>> {
  try {
    const { version, startTime, ready } = await PushgatewayClient.of(gateway).status();
    const text = `Pushgateway ${version}, running since ${startTime.toISOString().slice(0, 16).replaceAll('-', '\u2011').replace('T', '\u00a0')}\u00a0UTC`;
    return ready ? { state: 'answers', text } : { state: 'partly', text: `${text}; it says that it is not ready` };
  } catch (error) {
    // A proxy may allow pushes alone: that is an answer.
    if (error instanceof GatewayResponseError) return { state: 'partly', text: error.message };
    throw error;
  }
}

async function askPrometheus(
  endpoint: Endpoint,
  jobs: readonly string[],
): Promise<Pick<ServerAnswer, 'state' | 'text'>> {
  const client = PrometheusClient.of(endpoint);
  const samples = await client.query(`max by (job) (time() - push_time_seconds{${anyOf('job', jobs)}})`);
  const ages = new Map(samples.map(({ metric, value }) => [metric['job'], value]));
  const seen = jobs.map((job) => {
    const age = ages.get(job);
    return age === undefined ? `Does not see ${job} yet` : `Sees ${job}, pushed ${Math.max(0, Math.round(age))} s ago`;
  });
  return { state: ages.size === jobs.length ? 'answers' : 'partly', text: seen.join('. ') };
}
