import { anyOf, COPY_PREFIX, selectorOf } from '../model/index.js';
import { apart, commented, duration, type Yaml, yaml } from './yaml.js';

/** Pushes that may be missed before somebody is told. */
const MISSED_PUSHES = 5;
const LEAST_STALE_SECONDS = 120;
/** A count that waits longer is told. */
const LAG_SECONDS = 60;

export interface PushAlertsInput {
  /** The first of them has the metrics of `selfMetrics`. */
  readonly jobs: readonly [string, ...string[]];
  readonly pushIntervalSeconds: number;
  /** Whether every gateway has a copy of each group: what it says of that has another name then. */
  readonly hasCopies: boolean;
}

const ABOUT = `\
Whether what applications count arrives, by the metrics that selfMetrics: true gives, and the gateways' own push_time_seconds.`;

/** The whole of a `push-alerts.yml`. */
export function pushAlerts({ jobs, pushIntervalSeconds, hasCopies }: PushAlertsInput): string {
  const stale = Math.max(Math.ceil(pushIntervalSeconds * MISSED_PUSHES), LEAST_STALE_SECONDS);
  const own = (name: string, ...matchers: string[]): string =>
    `pushgateway_client_${name}{${[anyOf('job', [jobs[0]]), ...matchers].join(', ')}}`;
  const failed = `sum by (pushed_job) (increase(${own('pushes_total', 'outcome="failed"')}[10m]))`;
  const pushed = `sum by (pushed_job) (increase(${own('pushes_total', 'outcome="pushed"')}[10m]))`;
  const rules = [
    alert(
      'MetricsNotPushed',
      `time() - max by (job) (${selectorOf(`${hasCopies ? COPY_PREFIX : ''}push_time_seconds`, anyOf('job', jobs))}) > ${stale}`,
      `No push of job {{ $labels.job }} has come for ${duration(stale)}`,
    ),
    alert(
      'MetricsPushesFail',
      `${failed} > 0 and ${failed} >= (${pushed} or ${failed} * 0)`,
      'At least half of the pushes of job {{ $labels.pushed_job }} fail',
      '5m',
    ),
    alert(
      'MetricsDelayed',
      `max by (pushed_job) (${own('delayed_seconds')}) > 0`,
      'New values of job {{ $labels.pushed_job }} wait for a gateway that is out of reach',
      '5m',
    ),
    alert(
      'MetricsStoreFails',
      `sum by (job) (increase(${own('store_errors_total')}[10m])) > 0`,
      'Redis has not taken what job {{ $labels.job }} counted, and was asked again',
      '5m',
    ),
    alert(
      'MetricsStoredLate',
      `max by (job) (${own('flush_lag_seconds')}) > ${LAG_SECONDS}`,
      `Counts of job {{ $labels.job }} have waited for Redis for more than ${duration(LAG_SECONDS)}`,
    ),
    alert(
      'MetricsMoveOften',
      `sum by (pushed_job) (increase(${own('moves_total')}[1h])) > 10`,
      'Job {{ $labels.pushed_job }} goes from gateway to gateway',
    ),
    alert(
      'MetricsClientVersionsDiffer',
      `count by (job) (count by (job, version) (${own('build_info')})) > 1`,
      'Processes of job {{ $labels.job }} run different versions of nestjs-prometheus-pushgateway',
      '1h',
    ),
  ];
  return yaml({ groups: commented(ABOUT, [{ name: 'pushgateway-client', rules: rules.map((rule) => apart(rule)) }]) });
}

function alert(name: string, expr: string, summary: string, pending?: string): Yaml {
  return { alert: name, expr, for: pending, labels: { severity: 'warning' }, annotations: { summary } };
}
