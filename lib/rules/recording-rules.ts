import type { ResolvedDefinition } from '../model/index.js';
import { anyOf } from './promql.js';
import { COPY_PREFIX, GATEWAY_LABEL } from './strategy.js';
import { duration, indented, item } from './yaml.js';

/** A metric and the jobs that push it. */
export interface PushedMetric {
  readonly definition: ResolvedDefinition;
  readonly jobs: readonly string[];
}

export interface RecordingRulesInput {
  /** All configured jobs. */
  readonly jobs: readonly string[];
  /** Sorted as they shall stand in the file. */
  readonly metrics: readonly PushedMetric[];
  /** Names of all labels of a group, `job` and `instance` included. */
  readonly groupLabels: readonly string[];
  readonly intervalSeconds: number;
}

const HEADER = `\
# Every gateway gets every push, so Prometheus has a copy of each series from each gateway: gateway:<name>{gateway="..."}.
# These rules record the true series under its own name: one, as long as a gateway has a copy that Prometheus can scrape.
# Made from the metrics that were known. After adding metrics, start the application and make this file again.
#
# Counters, histograms, sums and counts of summaries: the largest copy, so that no copy that is old (its gateway was
# frozen, or came back with what it had on disk) takes one back. A value that is meant to fall (reset(), flush(), negative
# observations in a sum) falls, and a series that was removed goes, when the last gateway has the push.
#
# Gauges and quantiles: the copy that was pushed last, by the clocks of the gateways. Keep these within the time between
# two pushes of each other: then an old copy never wins over one that is a push newer. A gateway that misses pushes while
# its clock is ahead by more goes on showing its old copy for as long as it is ahead. A push replaces whole families: a
# series that the last copy of its family lacks was removed.`;

/** The whole of a `rules.yml` that records, from the copies of all gateways, each series under its own name. */
export function recordingRules({ jobs, metrics, groupLabels, intervalSeconds }: RecordingRulesInput): string {
  const idle = jobs.filter((job) => !metrics.some((metric) => metric.jobs.includes(job)));
  const rules = [
    ...largest('push_time_seconds', jobs),
    ...largest('push_failure_time_seconds', jobs),
    ...metrics.flatMap((metric) => ['', `# ${metric.definition.type}`, ...rulesOf(metric, groupLabels)]),
  ];
  const lines = [
    HEADER,
    ...idle.map((job) => `# No metrics are known of job ${JSON.stringify(job)}.`),
    'groups:',
    ...indented(
      item([
        'name: pushgateway-broadcast',
        '# As often as the gateways are scraped.',
        `interval: ${duration(intervalSeconds)}`,
        'rules:',
        ...indented(rules),
      ]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function rulesOf({ definition: { name, type }, jobs }: PushedMetric, groupLabels: readonly string[]): string[] {
  switch (type) {
    case 'counter':
      return largest(name, jobs);
    case 'gauge':
      return latest(name, jobs, groupLabels);
    case 'histogram':
      return ['_bucket', '_sum', '_count'].flatMap((suffix) => largest(name + suffix, jobs));
    case 'summary':
      return [
        ...latest(name, jobs, groupLabels),
        ...['_sum', '_count'].flatMap((suffix) => largest(name + suffix, jobs)),
      ];
  }
}

function largest(name: string, jobs: readonly string[]): string[] {
  return rule(name, [`max without (${GATEWAY_LABEL}) (${copies(name, jobs)})`]);
}

/**
 * The copy of the gateway that got the group last, of those that have the family at all. `topk` takes one gateway of a
 * group, also if two got it at the same instant; `max` of that one copy drops its label, and keeps `NaN`.
 */
function latest(name: string, jobs: readonly string[], groupLabels: readonly string[]): string[] {
  const group = groupLabels.join(', ');
  const copy = [...groupLabels, GATEWAY_LABEL].join(', ');
  return rule(name, [
    `max without (${GATEWAY_LABEL}) (`,
    `  ${copies(name, jobs)}`,
    `  and on (${copy})`,
    `  topk by (${group}) (1,`,
    `    max by (${copy}) (${copies('push_time_seconds', jobs)})`,
    `    and on (${copy}) ${copies(name, jobs)}`,
    '  )',
    ')',
  ]);
}

function copies(name: string, jobs: readonly string[]): string {
  return `${COPY_PREFIX}${name}{${anyOf('job', jobs)}}`;
}

function rule(name: string, expression: readonly string[]): string[] {
  return item([`record: ${name}`, 'expr: |-', ...indented(expression)]);
}
