import { HttpClient, LONG_ANSWER_BYTES } from '../../http/index.js';
import { anyOf } from '../../model/index.js';
import type { Endpoint } from '../../options/index.js';
import { type InstantSample, PrometheusClient } from '../../prometheus/index.js';
import { timed } from './clock.js';
import { type Failure, failureOf, PROMETHEUS } from './failure.js';
import { parseDuration } from '../checks/intervals.js';
import { probeStarts, type StoredStarts } from './stored-starts.js';
import type { StartedSeries } from './started-series.js';
import { json } from './prometheus-answer.js';
import { parseScrapeJobs, type ScrapeJob } from './scrape-config.js';

/** Something that Prometheus scrapes. */
export interface Target {
  /** Name of its entry in `scrape_configs`. */
  readonly pool: string;
  readonly url: string;
  /** What its series get, `job` and `instance` among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  /** 0 if Prometheus does not say. */
  readonly intervalMs: number;
}

/** A federation and the names under which it brings in our jobs' metrics. */
export interface Federation {
  readonly job: ScrapeJob;
  readonly names: readonly string[];
}

export interface PrometheusFacts {
  readonly address: string;
  /** It is `prometheus.host`, not a further replica. */
  readonly isConfigured: boolean;
  /** Address of the proxy on the way. */
  readonly proxy?: string;
  /** It answers no query; nothing else is known then. */
  readonly failure?: Failure;
  readonly targets?: readonly Target[];
  /** Why the targets are not known. */
  readonly targetsFailure?: Failure;
  /** Undefined if it does not show its configuration. */
  readonly scrapeJobs?: readonly ScrapeJob[];
  /** Start of each Pushgateway that it scrapes, with labels `job` and `instance` of its target. */
  readonly gatewayStarts: readonly InstantSample[];
  /** Our jobs are there under the label `job`, or under `exported_job`; undefined if that cannot be asked. */
  readonly sees?: { readonly job: boolean; readonly exportedJob: boolean };
  readonly federations: readonly Federation[];
  readonly starts?: StoredStarts;
  readonly clockAheadMs?: number;
}

interface TargetsAnswer {
  data?: {
    activeTargets?: {
      scrapePool?: string;
      scrapeUrl?: string;
      labels?: Record<string, string>;
      health?: string;
      lastError?: string;
      scrapeInterval?: string;
    }[];
  };
}

/** What is looked for in a Prometheus. */
export interface Wanted {
  readonly jobs: readonly string[];
  readonly isConfigured: boolean;
  /** The series that began last, under its name in Prometheus. */
  readonly newest: Promise<StartedSeries | undefined>;
}

/** Never rejects for what a server does. */
export async function probePrometheus(
  endpoint: Endpoint,
  { jobs, isConfigured, newest }: Wanted,
): Promise<PrometheusFacts> {
  const http = new HttpClient(endpoint, PROMETHEUS.service);
  const client = PrometheusClient.of(endpoint);
  const about = { address: endpoint.url, isConfigured, ...(http.proxy !== undefined && { proxy: http.proxy }) };
  try {
    await client.query('vector(1)');
  } catch (error) {
    const failure = failureOf(error, { ...PROMETHEUS, server: http.server });
    return { ...about, failure, gatewayStarts: [], federations: [] };
  }
  const [targets, config, gatewayStarts, sees, starts] = await Promise.all([
    probeTargets(http),
    probeConfig(http, client, jobs),
    client.query('process_start_time_seconds and on (job, instance) pushgateway_build_info').catch(() => []),
    probeLabels(client, jobs).catch(() => undefined),
    probeStarts(http, client, newest),
  ]);
  return { ...about, ...targets, ...config, gatewayStarts, starts, ...(sees && { sees }) };
}

async function probeTargets(
  http: HttpClient,
): Promise<Pick<PrometheusFacts, 'targets' | 'targetsFailure' | 'clockAheadMs'>> {
  const path = '/api/v1/targets';
  try {
    const { response, clockAheadMs } = await timed(() =>
      http.request({ method: 'GET', path, query: { state: 'active' }, maxAnswerBytes: LONG_ANSWER_BYTES }),
    );
    const { data } = json(http, response, path) as TargetsAnswer;
    const targets = (data?.activeTargets ?? []).map((target): Target => ({
      pool: target.scrapePool ?? '',
      url: target.scrapeUrl ?? '',
      labels: target.labels ?? {},
      health: target.health === 'up' || target.health === 'down' ? target.health : 'unknown',
      lastError: http.redact(target.lastError ?? ''),
      intervalMs: parseDuration(target.scrapeInterval ?? ''),
    }));
    return { targets, ...(clockAheadMs !== undefined && { clockAheadMs }) };
  } catch (error) {
    return { targetsFailure: failureOf(error, { ...PROMETHEUS, server: http.server }) };
  }
}

async function probeConfig(
  http: HttpClient,
  client: PrometheusClient,
  jobs: readonly string[],
): Promise<Pick<PrometheusFacts, 'scrapeJobs' | 'federations'>> {
  const path = '/api/v1/status/config';
  const scrapeJobs = await http
    .request({ method: 'GET', path, maxAnswerBytes: LONG_ANSWER_BYTES })
    .then((response) => parseScrapeJobs((json(http, response, path) as { data?: { yaml?: string } }).data?.yaml ?? ''))
    .catch(() => undefined);
  if (scrapeJobs === undefined) return { federations: [] };
  const federating = scrapeJobs.filter(({ isFederation }) => isFederation);
  const federations = await Promise.all(
    federating.map(async (job) => ({ job, names: await namesOf(client, job.selectors, jobs).catch(() => []) })),
  );
  return { scrapeJobs, federations };
}

/** Metric names of our jobs that the selectors of a federation choose: this Prometheus has what the other one has. */
async function namesOf(
  client: PrometheusClient,
  selectors: readonly string[],
  jobs: readonly string[],
): Promise<string[]> {
  const queries = selectors.map((selector) =>
    client.query(`group by (__name__) ((${selector}) and on (job) {${anyOf('job', jobs)}})`),
  );
  const samples = (await Promise.all(queries)).flat();
  return [...new Set(samples.map(({ metric }) => metric['__name__'] ?? ''))].sort();
}

async function probeLabels(
  client: PrometheusClient,
  jobs: readonly string[],
): Promise<{ job: boolean; exportedJob: boolean }> {
  const [own, exported] = await Promise.all([
    client.query(`group ({${anyOf('job', jobs)}})`),
    client.query(`group ({${anyOf('exported_job', jobs)}})`),
  ]);
  return { job: own.length > 0, exportedJob: exported.length > 0 };
}
