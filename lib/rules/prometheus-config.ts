import { anyOf, COPY_PREFIX, GATEWAY_LABEL } from '../model/index.js';
import type { Endpoint } from '../options/index.js';
import { GATEWAY_JOB } from './copy-names.js';
import { serversOf, type Target, targetsOf } from './scrape-job.js';
import { apart, commented, duration, inline, type Yaml, yaml } from './yaml.js';

/** Scrapes between two federations: what was measured with federated names (docker/README.md). */
const SCRAPES_PER_FEDERATION = 3;

/** Longest time for a scrape, in seconds: the default of Prometheus. */
const LONGEST_TIMEOUT = 10;

export interface PrometheusConfigInput {
  readonly gateways: readonly Endpoint[];
  /** Jobs whose series are federated. */
  readonly jobs: readonly string[];
  /** Whether every gateway gets every push, and rules record the true series. */
  readonly isBroadcast: boolean;
  readonly scrapeIntervalSeconds: number;
  /** Whether gateways are told when series began. */
  readonly hasStartTimes: boolean;
  /** Names of files with rules and alerts, beside this one. */
  readonly ruleFiles: readonly string[];
  /** Where the application itself is scraped, paths included, in the place of the gateways. */
  readonly scraped?: readonly Endpoint[];
  /** This Prometheus among its replicas; undefined: there is one, or they do not federate. */
  readonly replica?: Replica;
}

export interface Replica {
  /** Value of the external label `prometheus_replica`. */
  readonly name: string;
  readonly others: readonly Endpoint[];
}

/** The whole of a `prometheus.yml`. */
export function prometheusConfig(input: PrometheusConfigInput): string {
  const { scrapeIntervalSeconds, hasStartTimes, ruleFiles, replica } = input;
  const header =
    `Prometheus${replica ? ` ${replica.name}` : ''}: how it scrapes the ${input.scraped ? 'application' : 'Pushgateways'}. Prometheus 2.42 to 3.x.\n` +
    'The whole of a prometheus.yml; or put the scrape configs into yours, and the rest of it if it is not there.' +
    (hasStartTimes ? ABOUT_START_TIMES : '');
  return yaml(
    {
      global: commented(header, {
        ...timing(scrapeIntervalSeconds),
        evaluation_interval: duration(scrapeIntervalSeconds),
        external_labels: replica && externalLabels(replica),
      }),
      rule_files: ruleFiles.length > 0 ? apart(ruleFiles) : undefined,
      scrape_configs: apart([
        input.scraped ? applicationJob(input.scraped) : gatewayJob(input),
        ...(replica ? [apart(federationJob(input, replica), ABOUT_FEDERATION)] : []),
      ]),
    },
    replica ? '' : NO_FEDERATION,
  );
}

const ABOUT_START_TIMES = `

Start Prometheus (2.50 or later) with --enable-feature=created-timestamp-zero-ingestion: increase() then counts what a series
held when it was first seen. It needs protobuf, which that feature asks for by itself: leave scrape_protocols out, or put
PrometheusProto first.`;

const NO_FEDERATION = `\
No federation. For replicas that know what the others scraped, and a file for each of them:
rules --prometheus prometheus-1:9090 --prometheus prometheus-2:9090`;

const ABOUT_FEDERATION = `\
What the others scraped from the gateways, less often, for when this one could not. To read both:
orders_total or max without (prometheus_replica) ({__name__="federated:orders_total"})`;

function externalLabels({ name }: Replica): Yaml {
  const about = 'Tells whose copy a federated series is; it is not on the series a Prometheus scraped itself.';
  return { prometheus_replica: commented(about, name) };
}

function timing(intervalSeconds: number): Record<string, Yaml> {
  const timeout = Math.min(LONGEST_TIMEOUT, intervalSeconds * 0.8);
  return { scrape_interval: duration(intervalSeconds), scrape_timeout: duration(timeout) };
}

function gatewayJob({ gateways, isBroadcast }: PrometheusConfigInput): Yaml {
  const labelsOf = (target: Target): Record<string, string> => ({ [GATEWAY_LABEL]: target.name });
  const about = isBroadcast
    ? "job and instance are the pusher's."
    : "job and instance are the pusher's. No label may name the gateway: a group that moved would be a new series.";
  return {
    job_name: GATEWAY_JOB,
    honor_labels: commented(about, true),
    ...serversOf(targetsOf(gateways), { path: '/metrics', owner: 'pushgateway', ...(isBroadcast && { labelsOf }) }),
    metric_relabel_configs: isBroadcast ? RENAME_COPIES : undefined,
  };
}

function applicationJob(scraped: readonly Endpoint[]): Yaml {
  const about = `\
job and instance are the application's own. Every replica shows the values of all: under labels of each target a sum would have each event once
per replica. Best is one target, the address under which all replicas answer.`;
  return {
    job_name: 'application',
    honor_labels: commented(about, true),
    ...serversOf(targetsOf(scraped), { path: '', owner: 'application' }),
  };
}

const RENAME_COPIES: Yaml = [
  commented(
    'Every gateway has a copy of each series. Copies get a name of their own; rules.yml records the true series.',
    {
      source_labels: inline('__name__'),
      target_label: '__name__',
      replacement: `${COPY_PREFIX}$1`,
    },
  ),
  commented('What a gateway measures of itself is no copy.', {
    source_labels: inline('job', '__name__'),
    regex: `${GATEWAY_JOB};${COPY_PREFIX}(.*)`,
    target_label: '__name__',
    replacement: '$1',
  }),
];

function federationJob({ jobs, isBroadcast, scrapeIntervalSeconds }: PrometheusConfigInput, { others }: Replica): Yaml {
  const matchers = [
    // Recorded series are under their own names, each gateway's copy is not.
    ...(isBroadcast ? [`__name__!~"${COPY_PREFIX}.+"`] : []),
    anyOf('job', jobs),
    'prometheus_replica=""',
  ];
  const about =
    'What this application pushed, and only what the other scraped itself: copies of copies would come back here.';
  return {
    job_name: 'federation',
    ...timing(scrapeIntervalSeconds * SCRAPES_PER_FEDERATION),
    honor_labels: true,
    params: { 'match[]': [commented(about, `{${matchers.join(',')}}`)] },
    ...serversOf(targetsOf(others), { path: '/federate', owner: 'prometheus' }),
    metric_relabel_configs: [
      commented(RENAMED, { source_labels: inline('__name__'), target_label: '__name__', replacement: 'federated:$1' }),
    ],
  };
}

const RENAMED = `\
Copies get a name of their own. Under their old one sum() would count each event once per replica, and one that
comes before a slower scrape of the same series would take it back.`;
