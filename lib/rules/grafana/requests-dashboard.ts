import { choice, chosen, dashboard, pushers, type Section } from './dashboard.js';
import { DISTRIBUTION, QUANTILES } from './metric-section.js';
import type { Dashboard, Variable } from './model.js';
import { heatMap, lines, number, type Query } from './panels.js';
import { histogramQueries, rate, sumBy } from './promql.js';
import { JOBS_COMPLETED, OF_QUEUES, queues } from './queues-section.js';

/** By OpenTelemetry's conventions, as its exporter for Prometheus writes them. */
const REQUESTS = 'http_server_request_duration_seconds';
const COUNT = `${REQUESTS}_count`;
const ROUTE = 'http_route';
const STATUS = 'http_response_status_code';
const GROUP = ['job', 'instance'];
const OF_REQUESTS = [...GROUP, 'http_request_method', ROUTE];

/** What `@BatchJob` measures. */
const RUNS = 'batch_job_runs_total';
const BATCH_JOB = 'batch_job';
const OF_JOBS = [...GROUP, BATCH_JOB];

/** HTTP requests, batch jobs and jobs of BullMQ, whichever of them are measured: of every application that does. Undefined if none is. */
export function requestsDashboard(metrics: readonly string[], step: string): Dashboard | undefined {
  const [hasRequests, hasJobs] = [metrics.includes(REQUESTS), metrics.includes(RUNS)];
  const hasQueues = metrics.includes(JOBS_COMPLETED);
  if (!hasRequests && !hasJobs && !hasQueues) return undefined;
  const choices = [
    ...(hasRequests ? [choicesOf(COUNT, OF_REQUESTS)] : []),
    ...(hasJobs ? [choicesOf(RUNS, OF_JOBS)] : []),
    ...(hasQueues ? [choicesOf(JOBS_COMPLETED, OF_QUEUES)] : []),
  ];
  return dashboard({
    uid: 'requests',
    title: 'Requests and batch jobs',
    about: `HTTP by ${REQUESTS}, with the labels of OpenTelemetry's conventions; batch jobs by ${RUNS} and its like.`,
    variables: [...pushers(), ...choices.flat()],
    sections: [
      ...(hasRequests ? [requests(step), durations(step)] : []),
      ...(hasJobs ? [jobs(step)] : []),
      ...(hasQueues ? [queues(step)] : []),
    ],
  });
}

/** Each label after those before it. */
function choicesOf(metric: string, labels: readonly string[]): Variable[] {
  const own = labels.slice(GROUP.length);
  return own.map((label, at) => choice(label, `${metric}{${chosen([...GROUP, ...own.slice(0, at)])}}`));
}

function requests(step: string): Section {
  const all = `${COUNT}{${chosen(OF_REQUESTS)}}`;
  const failed = `${COUNT}{${chosen(OF_REQUESTS, `${STATUS}=~"5.."`)}}`;
  const share = `(sum(increase(${failed}[$__range])) or vector(0)) / sum(increase(${all}[$__range]))`;
  const byRoute = { expr: sumBy([ROUTE], rate(all)), legend: `{{${ROUTE}}}` };
  const byStatus = { expr: sumBy([STATUS], rate(all)), legend: `{{${STATUS}}}` };
  const errors = { expr: share, legend: '5xx' };
  return {
    title: 'Requests',
    panels: [
      [10, lines({ title: 'By route', about: 'Requests each second.', unit: 'reqps', step, queries: [byRoute] })],
      [10, lines({ title: 'By status', about: 'Requests each second.', unit: 'reqps', step, queries: [byStatus] })],
      [
        4,
        number(
          { title: 'Failed', about: 'The part that was answered with 5xx.', unit: 'percentunit', queries: [errors] },
          { orange: 0.01, red: 0.05 },
        ),
      ],
    ],
  };
}

function durations(step: string): Section {
  const queries = histogramQueries({ name: REQUESTS, buckets: [0] }, chosen(OF_REQUESTS));
  const atRank = (rank: number): Query => ({ expr: queries.quantile(rank), legend: `${rank * 100} %` });
  const slow = { expr: queries.quantile(0.95, [ROUTE]), legend: `{{${ROUTE}}}` };
  const bars = { expr: queries.distribution(), legend: '{{le}}' };
  return {
    title: 'Durations',
    panels: [
      [8, lines({ ...QUANTILES, unit: 's', step, queries: [atRank(0.5), atRank(0.95), atRank(0.99)] })],
      [
        8,
        lines({
          title: '95 % by route',
          about: 'So long took all but the slowest twentieth.',
          unit: 's',
          step,
          queries: [slow],
        }),
      ],
      [8, heatMap({ ...DISTRIBUTION, unit: 's', step, queries: [bars] })],
    ],
  };
}

function jobs(step: string): Section {
  const of = `{${chosen(OF_JOBS)}}`;
  const name = `{{${BATCH_JOB}}}`;
  const runs = { expr: `60 * ${sumBy([BATCH_JOB, 'outcome'], rate(`${RUNS}${of}`))}`, legend: `${name} {{outcome}}` };
  const since = `time() - max by (${BATCH_JOB}) (batch_job_last_success_timestamp_seconds${of} > 0)`;
  const failed = `sum by (${BATCH_JOB}) (increase(${RUNS}{${chosen(OF_JOBS, 'outcome!="success"')}}[$__range]))`;
  const took = { expr: `max by (${BATCH_JOB}) (batch_job_last_duration_seconds${of})`, legend: name };
  const running = { expr: sumBy([BATCH_JOB], `batch_job_running${of}`), legend: name };
  const ago = 'Jobs that have never succeeded are not here.';
  return {
    title: 'Batch jobs',
    panels: [
      [12, number({ title: 'Last success', about: ago, unit: 's', queries: [{ expr: since, legend: name }] })],
      [
        12,
        number(
          { title: 'Failed', about: 'Runs that failed.', unit: 'short', queries: [{ expr: failed, legend: name }] },
          { red: 1 },
        ),
      ],
      [8, lines({ title: 'Runs a minute', about: 'By how they ended.', unit: 'cpm', step, queries: [runs] })],
      [8, lines({ title: 'Latest run', about: 'How long it took.', unit: 's', step, queries: [took] })],
      [8, lines({ title: 'Under way', about: 'Runs that have not ended.', unit: 'short', step, queries: [running] })],
    ],
  };
}
