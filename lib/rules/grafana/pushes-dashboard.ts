import { GATEWAY_JOB } from '../copy-names.js';
import { chosen, dashboard, pushers, type Section } from './dashboard.js';
import type { Dashboard } from './model.js';
import { lines, number } from './panels.js';
import { increase, rate, sumBy } from './promql.js';

const PUSHED = `push_time_seconds{${chosen(['job', 'instance'])}}`;
const AGE = `time() - max by (job, instance) (${PUSHED})`;
/** What the package counts of itself is of the first job, and names the pushed one. */
const OWN = 'pushed_job=~"$job", instance=~"$instance"';
const TAKEN = `pushgateway_http_requests_total{job="${GATEWAY_JOB}", handler="push"`;

/** How pushing goes: of every application that pushes to the gateways that this Prometheus scrapes. */
export function pushesDashboard(step: string): Dashboard {
  return dashboard({
    uid: 'pushes',
    title: 'Pushes',
    about:
      'Whether what Prometheus shows is fresh, and counted once. The row "By the applications" needs selfMetrics: true.',
    variables: pushers(),
    sections: [health(), overTime(step), byApplications(step), byGateways(step)],
  });
}

function health(): Section {
  const of = 'job=~"$job", instance=~"$instance"';
  const refused = `sum by (job) (push_failure_time_seconds{${of}} > bool push_time_seconds{${of}})`;
  const copies = `sum by (job) (resets(${PUSHED}[$__range]))`;
  const overflow = `count by (job) ({overflow="true", ${of}})`;
  const job = '{{job}}';
  const about = {
    age: 'What Prometheus shows is as old as this. It grows: nobody pushes, or no gateway takes it.',
    refused: '1: the gateway refuses what is pushed. Its log, and ours, say why.',
    copies:
      'The time of the last push never goes back, unless a second gateway has an older copy: then increase() and rate() are too high.',
    overflow: 'So many series count label sets that came after maxSeriesPerMetric, all together.',
  };
  return {
    title: 'Now',
    panels: [
      [
        6,
        number(
          { title: 'Last push', about: about.age, unit: 's', queries: [{ expr: AGE, legend: '{{job}} {{instance}}' }] },
          { orange: 60, red: 120 },
        ),
      ],
      [
        6,
        number(
          { title: 'Refused', about: about.refused, unit: 'short', queries: [{ expr: refused, legend: job }] },
          { red: 1 },
        ),
      ],
      [
        6,
        number(
          { title: 'False resets', about: about.copies, unit: 'short', queries: [{ expr: copies, legend: job }] },
          { orange: 1, red: 3 },
        ),
      ],
      [
        6,
        number(
          { title: 'Overflow', about: about.overflow, unit: 'short', queries: [{ expr: overflow, legend: job }] },
          { orange: 1 },
        ),
      ],
    ],
  };
}

function overTime(step: string): Section {
  const resets = { expr: `max by (job, instance) (resets(${PUSHED}[5m]))`, legend: '{{job}} {{instance}}' };
  const overflow = { expr: `count by (__name__) ({overflow="true", job=~"$job"})`, legend: '{{__name__}}' };
  return {
    title: 'Over time',
    panels: [
      [
        8,
        lines({
          title: 'Lag',
          about: 'Time since the last push: a saw of one interval is right.',
          unit: 's',
          step,
          queries: [{ expr: AGE, legend: '{{job}} {{instance}}' }],
        }),
      ],
      [
        8,
        lines({
          title: 'False resets in 5 minutes',
          about: 'More than 2: alert GroupOnTwoGateways.',
          unit: 'short',
          step,
          queries: [resets],
        }),
      ],
      [
        8,
        lines({
          title: 'Metrics past their limit',
          about: 'Their further label sets are one series {overflow="true"}.',
          unit: 'short',
          step,
          queries: [overflow],
        }),
      ],
    ],
  };
}

function byApplications(step: string): Section {
  const pushes = sumBy(['pushed_job', 'outcome'], rate(`pushgateway_client_pushes_total{${OWN}}`));
  const moves = sumBy(['pushed_job'], increase(`pushgateway_client_moves_total{${OWN}}`));
  const delays = `max by (pushed_job) (pushgateway_client_delayed_seconds{${OWN}})`;
  const late = 'How long values wait for a gateway that is silent, but which Prometheus still scrapes.';
  return {
    title: 'By the applications',
    panels: [
      [
        8,
        lines({
          title: 'Pushes a minute',
          about: 'By what became of them.',
          unit: 'cpm',
          step,
          queries: [{ expr: `60 * ${pushes}`, legend: '{{pushed_job}} {{outcome}}' }],
        }),
      ],
      [
        8,
        lines({
          title: 'Moves',
          about: 'A job left its gateway for another one.',
          unit: 'short',
          step,
          queries: [{ expr: moves, legend: '{{pushed_job}}' }],
        }),
      ],
      [
        8,
        lines({ title: 'Delay', about: late, unit: 's', step, queries: [{ expr: delays, legend: '{{pushed_job}}' }] }),
      ],
    ],
  };
}

function byGateways(step: string): Section {
  const pushes = sumBy(['instance'], rate(`${TAKEN}, code=~"2.."}`));
  const refusals = sumBy(['instance', 'code'], rate(`${TAKEN}, code!~"2.."}`));
  const gateway = '{{instance}}';
  return {
    title: 'By the gateways',
    panels: [
      [
        8,
        lines({
          title: 'Pushes taken a minute',
          about: 'Who holds the groups: with one holder each, lines move in turn.',
          unit: 'cpm',
          step,
          queries: [{ expr: `60 * ${pushes}`, legend: gateway }],
        }),
      ],
      [
        6,
        lines({
          title: 'Pushes refused a minute',
          about: 'By the status of the answer.',
          unit: 'cpm',
          step,
          queries: [{ expr: `60 * ${refusals}`, legend: `${gateway} {{code}}` }],
        }),
      ],
      [
        6,
        lines({
          title: 'Samples held',
          about: "Of all groups, and the gateway's own.",
          unit: 'short',
          step,
          queries: [{ expr: `scrape_samples_scraped{job="${GATEWAY_JOB}"}`, legend: gateway }],
        }),
      ],
      [
        4,
        lines({
          title: 'Scraped',
          about: '0: this Prometheus cannot reach it.',
          unit: 'short',
          step,
          queries: [{ expr: `up{job="${GATEWAY_JOB}"}`, legend: gateway }],
        }),
      ],
    ],
  };
}
