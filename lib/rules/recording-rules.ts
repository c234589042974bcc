import { anyOf, COPY_PREFIX, GATEWAY_LABEL, promqlLabel, selectorOf } from '../model/index.js';
import type { PushedMetric } from './pushed-metrics.js';
import { apart, commented, duration, type Yaml, yaml } from './yaml.js';

export interface RecordingRulesInput {
  /** All configured jobs. */
  readonly jobs: readonly string[];
  /** Sorted as they shall stand in the file. */
  readonly metrics: readonly PushedMetric[];
  /** Names of all labels of a group, `job` and `instance` included. */
  readonly groupLabels: readonly string[];
  /** Time between two scrapes of a gateway, and between two evaluations of the rules. */
  readonly intervalSeconds: number;
  /** Time between two pushes of a group. */
  readonly pushIntervalSeconds: number;
}

/** How long a first push may be tried for: the start of a series is that of the first attempt, and its value comes with the first success. */
const LONGEST_FIRST_PUSH_SECONDS = 300;

/** How far back is looked. */
interface Windows {
  /** For the largest value of late. */
  readonly late: string;
  /** For the 0 at the start of a series. */
  readonly start: string;
}

const header = ({ late: window, start }: Windows, push: string): string => `\
Every gateway gets every push, so Prometheus has a copy of each series from each gateway: gateway:<name>{gateway="..."}.
These rules record the true series under its own name: one, as long as a gateway has a copy that Prometheus can scrape.
Made from the metrics that were known. After adding metrics, start the application and make this file again.

Counters, histograms, sums and counts of summaries: the largest value that any copy had within ${window}, so that no copy
that is old (its gateway was frozen, or came back with what it had on disk) takes one back. These are two pushes, taken to
be ${push} apart, and two scrapes: if the only gateway that took the last push ends, the others have the next one by then.
A value that is meant to fall (reset(), clear(), negative observations in a sum) falls, and a series that was removed
goes, ${window} after Prometheus has last scraped the old one from any gateway. A new series is recorded as 0 once, if Prometheus
stored a 0 where it began (--enable-feature=created-timestamp-zero-ingestion) within ${start}, and then with its value: increase() has
it all. It began with the first attempt to push it, so that a first push may fail for so long.

Gauges and quantiles: the copy that was pushed last, by the clocks of the gateways. Keep these within the time between
two pushes of each other: then an old copy never wins over one that is a push newer. A gateway that misses pushes while
its clock is ahead by more goes on showing its old copy for as long as it is ahead. A push replaces whole families: a
series that the last copy of its family lacks was removed.`;

/** The whole of a `rules.yml` that records, from the copies of all gateways, each series under its own name. */
export function recordingRules(input: RecordingRulesInput): string {
  const { jobs, metrics, groupLabels, intervalSeconds, pushIntervalSeconds } = input;
  const lateSeconds = 2 * pushIntervalSeconds + 2 * intervalSeconds;
  const windows: Windows = {
    late: duration(lateSeconds),
    start: duration(Math.max(lateSeconds, LONGEST_FIRST_PUSH_SECONDS)),
  };
  const idle = jobs.filter((job) => !metrics.some((metric) => metric.jobs.includes(job)));
  const rules = [
    largest('push_time_seconds', jobs, windows.late),
    largest('push_failure_time_seconds', jobs, windows.late),
    ...metrics.flatMap((metric) => {
      const [first, ...others] = rulesOf(metric, groupLabels, windows);
      return [apart(first, metric.definition.type), ...others];
    }),
  ];
  const about = [
    header(windows, duration(pushIntervalSeconds)),
    ...idle.map((job) => `No metrics are known of job ${JSON.stringify(job)}.`),
  ];
  const interval = commented('As often as the gateways are scraped.', duration(intervalSeconds));
  return yaml({ groups: commented(about.join('\n'), [{ name: 'pushgateway-broadcast', interval, rules }]) });
}

function rulesOf(
  { definition: { name, type, native }, jobs }: PushedMetric,
  groupLabels: readonly string[],
  windows: Windows,
): [Yaml, ...Yaml[]] {
  const grown = (suffix: string): Yaml => growing(name + suffix, jobs, windows);
  switch (type) {
    case 'counter':
      return [grown('')];
    case 'gauge':
      return [latest(name, jobs, groupLabels)];
    case 'histogram':
      return [grown('_bucket'), grown('_sum'), grown('_count'), ...(native ? [fullest(name, jobs, windows.late)] : [])];
    case 'summary':
      return [latest(name, jobs, groupLabels), grown('_sum'), grown('_count')];
  }
}

/** The largest value of any copy within the window: a value outlives the only gateway that had it, and the end of its series. */
function largest(name: string, jobs: readonly string[], window: string): Yaml {
  return { record: name, expr: largestOf(name, jobs, window) };
}

function largestOf(name: string, jobs: readonly string[], window: string): string {
  return `max without (${GATEWAY_LABEL}) (max_over_time(${copies(name, jobs)}[${window}]))`;
}

/**
 * The same, for what begins at 0. Start times are not recorded: Prometheus stores both the 0 and the first value with the first scrape,
 * and the largest of them alone would be all that increase() ever sees. A series that was removed is recorded for a while
 * longer: one that comes back then is a new one by what was of late, not by what was as long ago as a first push may be tried for.
 */
function growing(name: string, jobs: readonly string[], { late, start }: Windows): Yaml {
  const begun = [...new Set([start, late])].map(
    (window) =>
      `(min without (${GATEWAY_LABEL}) (min_over_time(${copies(name, jobs)}[${window}])) == 0)\n` +
      `unless max_over_time(${selectorOf(name, anyOf('job', jobs))}[${window}])`,
  );
  return { record: name, expr: [...begun, largestOf(name, jobs, late)].join('\nor ') };
}

/**
 * Native histograms have no largest value: the copy that has counted most, as it was last. Prometheus 2.42 knows no native histogram of a
 * moment ago: there a value does not outlive the only gateway that had it.
 */
function fullest(name: string, jobs: readonly string[], window: string): Yaml {
  const copy = copies(name, jobs);
  const last = `${copy} or last_over_time(${copy}[${window}])`;
  const expression = [
    `sum without (${GATEWAY_LABEL}) (`,
    `  (${last})`,
    '  and',
    `  topk without (${GATEWAY_LABEL}) (1, histogram_count(${last}))`,
    ')',
  ];
  return { record: name, expr: expression.join('\n') };
}

/**
 * The copy of the gateway that got the group last, of those that have the family at all. `topk` takes one gateway of a
 * group, also if two got it at the same instant; `max` of that one copy drops its label, and keeps `NaN`.
 */
function latest(name: string, jobs: readonly string[], groupLabels: readonly string[]): Yaml {
  const labels = groupLabels.map(promqlLabel);
  const group = labels.join(', ');
  const copy = [...labels, GATEWAY_LABEL].join(', ');
  const expression = [
    `max without (${GATEWAY_LABEL}) (`,
    `  ${copies(name, jobs)}`,
    `  and on (${copy})`,
    `  topk by (${group}) (1,`,
    `    max by (${copy}) (${copies('push_time_seconds', jobs)})`,
    `    and on (${copy}) ${copies(name, jobs)}`,
    '  )',
    ')',
  ];
  return { record: name, expr: expression.join('\n') };
}

function copies(name: string, jobs: readonly string[]): string {
  return selectorOf(COPY_PREFIX + name, anyOf('job', jobs));
}
