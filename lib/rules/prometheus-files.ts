import { ConfigurationError, MetricDefinitionError } from '../errors/index.js';
import { GATEWAY_LABEL, groupingLabels } from '../model/index.js';
import {
  type Endpoint,
  isBroadcast,
  PROMETHEUS_PORT,
  type PushStrategy,
  resolveEndpoint,
  type ResolvedOptions,
} from '../options/index.js';
import { batchAlerts, type WatchedBatchJob } from './batch-alerts.js';
import { GATEWAY_JOB } from './copy-names.js';
import { prometheusConfig, type Replica } from './prometheus-config.js';
import { pushAlerts } from './push-alerts.js';
import { type KnownJob, type PushedMetric, pushedMetrics } from './pushed-metrics.js';
import { recordingRules } from './recording-rules.js';
import { targetsOf } from './scrape-job.js';

/** Time between pushes where no option tells it: with `autoPush` off the application pushes itself. */
export const ASSUMED_PUSH_INTERVAL_SECONDS = 60;

export interface PrometheusFilesInput {
  readonly options: Pick<
    ResolvedOptions,
    'gateways' | 'prometheus' | 'jobs' | 'instance' | 'groupingLabels' | 'pushIntervalMs' | 'startTimes' | 'selfMetrics'
  >;
  readonly strategy: PushStrategy;
  /** Metrics to record: needed for broadcast only. */
  readonly known: readonly KnownJob[];
  /** Addresses of the Prometheus that federate from each other; none: no federation. */
  readonly replicas: readonly string[];
  readonly scrapeIntervalSeconds: number;
  /** Addresses at which the application itself is scraped, in the place of its gateways; with the path, unless that is `/metrics`. */
  readonly scraped?: readonly string[];
  /** Batch jobs that shall not be overdue. Default: none. */
  readonly batchJobs?: readonly WatchedBatchJob[];
}

/** A file of Prometheus, ready to be used. */
export interface PrometheusFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The configuration by which Prometheus reads what an application with these options pushes: `prometheus.yml`, or
 * `prometheus-1.yml` and so on for each replica; with broadcast also `rules.yml`, with `selfMetrics` `push-alerts.yml`, and
 * `alerts.yml` where batch jobs are watched.
 *
 * @throws ConfigurationError, MetricDefinitionError, MetricClashError for what the configuration cannot express.
 */
export function prometheusFiles(input: PrometheusFilesInput): PrometheusFile[] {
  const { options, strategy, scrapeIntervalSeconds, batchJobs = [] } = input;
  const { gateways, jobs } = options;
  const scraped = input.scraped?.map(scrapedAt);
  const hasCopies = scraped === undefined && isBroadcast({ strategy, gateways });
  const hasAlerts = scraped === undefined && options.selfMetrics;
  const further = [
    ...(hasCopies ? [{ name: 'rules.yml', text: rules(input) }] : []),
    ...(hasAlerts ? [{ name: 'push-alerts.yml', text: alerts(options, hasCopies) }] : []),
    ...(batchJobs.length > 0 ? [{ name: 'alerts.yml', text: batchAlerts(jobs, batchJobs) }] : []),
  ];
  const replicas = replicasOf(input);
  const configOf = (replica?: Replica): string =>
    prometheusConfig({
      gateways,
      jobs,
      isBroadcast: hasCopies,
      scrapeIntervalSeconds,
      ruleFiles: further.map(({ name }) => name),
      hasStartTimes: scraped !== undefined || options.startTimes,
      ...(scraped && { scraped }),
      ...(replica && { replica }),
    });
  const files =
    replicas.length === 0
      ? [{ name: 'prometheus.yml', text: configOf() }]
      : replicas.map((replica, at) => ({ name: `prometheus-${at + 1}.yml`, text: configOf(replica) }));
  return [...files, ...further];
}

function alerts({ jobs, pushIntervalMs }: PrometheusFilesInput['options'], hasCopies: boolean): string {
  return pushAlerts({ hasCopies, jobs, pushIntervalSeconds: pushIntervalSeconds(pushIntervalMs) });
}

function pushIntervalSeconds(pushIntervalMs: number | undefined): number {
  return pushIntervalMs === undefined ? ASSUMED_PUSH_INTERVAL_SECONDS : pushIntervalMs / 1_000;
}

function rules({ options, known, scrapeIntervalSeconds }: PrometheusFilesInput): string {
  const { jobs, instance, groupingLabels: labels, pushIntervalMs } = options;
  const metrics = pushedMetrics(known);
  const groupLabels = groupingLabels({ job: jobs[0], instance, labels }).map(([name]) => name);
  refuseGatewayNames(jobs, metrics, groupLabels);
  return recordingRules({
    ...{ jobs, metrics, groupLabels, intervalSeconds: scrapeIntervalSeconds },
    pushIntervalSeconds: pushIntervalSeconds(pushIntervalMs),
  });
}

/** Names that broadcast needs for itself. */
function refuseGatewayNames(
  jobs: readonly string[],
  metrics: readonly PushedMetric[],
  groupLabels: readonly string[],
): void {
  if (jobs.includes(GATEWAY_JOB)) {
    throw new ConfigurationError(
      `Invalid job "${GATEWAY_JOB}": expected another name with broadcast, as this is the job of the gateways themselves`,
    );
  }
  const need = `broadcast needs the label "${GATEWAY_LABEL}" to tell copies apart; rename it`;
  if (groupLabels.includes(GATEWAY_LABEL)) {
    throw new ConfigurationError(`Invalid pushgateway.groupingLabels: ${need}`);
  }
  const taken = metrics.find(({ definition }) => definition.labelNames.includes(GATEWAY_LABEL));
  if (taken) throw new MetricDefinitionError(`Invalid labels of metric "${taken.definition.name}": ${need}`);
}

function replicasOf({ replicas, options }: PrometheusFilesInput): Replica[] {
  if (replicas.length === 0) return [];
  const endpoints = replicas.map((address) => endpointOf(address, options.prometheus));
  const names = namesOf(endpoints);
  if (new Set(names).size < 2 || new Set(names).size < names.length) {
    throw new ConfigurationError('Invalid replicas: expected at least two different addresses of Prometheus');
  }
  return endpoints.map((own, at) => ({
    name: names[at] as string,
    others: endpoints.filter((other) => other !== own),
  }));
}

/** With the credentials, TLS and headers that the application reads Prometheus with. */
function endpointOf(address: string, prometheus: Endpoint): Endpoint {
  try {
    return resolveEndpoint(address, prometheus, PROMETHEUS_PORT);
  } catch {
    throw new ConfigurationError('Invalid address of a Prometheus: expected "host:port" or an http(s) URL');
  }
}

/** Where Nest listens if nobody says otherwise. */
const APPLICATION_PORT = 3_000;

function scrapedAt(address: string): Endpoint {
  try {
    const endpoint = resolveEndpoint(address, {}, APPLICATION_PORT);
    return new URL(endpoint.url).pathname === '/'
      ? { ...endpoint, url: new URL('/metrics', endpoint.url).href }
      : endpoint;
  } catch {
    throw new ConfigurationError('Invalid address of a scraped application: expected "host:port" or an http(s) URL');
  }
}

/** By host, as people do; if that does not tell them apart, with the port. */
function namesOf(endpoints: readonly Endpoint[]): string[] {
  const hosts = endpoints.map(({ url }) => new URL(url).hostname);
  return new Set(hosts).size === hosts.length ? hosts : targetsOf(endpoints).map(({ name }) => name);
}
