import { anyOf, literally, selectorOf } from '../../model/index.js';
import type { PushedMetric } from '../pushed-metrics.js';
import { choice, chosen, dashboard, type Section } from './dashboard.js';
import { metricSection, plainSeries } from './metric-section.js';
import type { Dashboard, Variable } from './model.js';
import { number } from './panels.js';

/** Names that are taken at the top of the dashboard. */
const OWN = ['datasource', 'job', 'instance'];

/** What the package counts of itself: it has a dashboard of its own. */
const SELF = 'pushgateway_client_';

export interface MetricsDashboardInput {
  readonly jobs: readonly string[];
  /** Grouping labels beside `job` and `instance`. */
  readonly groupLabels: readonly string[];
  /** Sorted as they shall stand in the dashboard. */
  readonly metrics: readonly PushedMetric[];
  /** Time between two pushes, or two scrapes if these are further apart; as Prometheus writes it. */
  readonly step: string;
}

/** A row for each metric of an application; what its labels can be is chosen at the top. */
export function metricsDashboard({ jobs, groupLabels, metrics, step }: MetricsDashboardInput): Dashboard {
  const shown = metrics
    .filter(({ definition: { name } }) => !name.startsWith(SELF))
    .map(({ definition }) => definition);
  const further = groupLabels.filter((label) => !OWN.includes(label));
  const ofGroup = ['job', 'instance', ...further];
  const labels = [...new Set(shown.flatMap(({ labelNames }) => labelNames))]
    .filter((label) => !OWN.includes(label) && !further.includes(label))
    .sort();
  const ofJob = `push_time_seconds{${chosen(['job'])}}`;
  return dashboard({
    uid: uidOf(jobs),
    title: `Metrics of ${jobs.join(', ')}`,
    about: 'Made from the metrics that were known. After adding metrics, start the application and make it again.',
    variables: [
      { ...choice('job', `push_time_seconds{${anyOf('job', jobs)}}`), allValue: jobs.map(literally).join('|') },
      ...['instance', ...further].map((label) => choice(label, ofJob)),
      ...labels.map((label) => labelChoice(label)),
    ],
    sections: [
      freshness(ofGroup),
      ...shown.map((definition) => {
        const own = definition.labelNames.filter((label) => labels.includes(label));
        return metricSection({ definition, choices: [...ofGroup, ...own], step });
      }),
    ],
  });

  /** Of all metrics that have the label. */
  function labelChoice(label: string): Variable {
    const names = shown.filter(({ labelNames }) => labelNames.includes(label)).flatMap((each) => plainSeries(each));
    const [only = '', ...others] = names;
    const matchers = chosen(ofGroup);
    return choice(
      label,
      others.length === 0 ? selectorOf(only, matchers) : `{${anyOf('__name__', names)}, ${matchers}}`,
    );
  }
}

/** Whether what is shown below can be believed. */
function freshness(ofGroup: readonly string[]): Section {
  const pushed = `push_time_seconds{${chosen(ofGroup)}}`;
  const age = { expr: `time() - max by (job) (${pushed})`, legend: '{{job}}' };
  const copies = { expr: `sum by (job) (resets(${pushed}[$__range]))`, legend: '{{job}}' };
  const ago = 'What is shown is as old as this.';
  const twice = 'More than a few: two gateways show the job, and what grows is shown too high.';
  return {
    title: 'Can it be believed?',
    panels: [
      [12, number({ title: 'Last push', about: ago, unit: 's', queries: [age] }, { orange: 60, red: 120 })],
      [12, number({ title: 'Older copies', about: twice, unit: 'short', queries: [copies] }, { orange: 1, red: 3 })],
    ],
  };
}

/** As Grafana allows it: 40 letters, digits, `-` and `_`. */
function uidOf(jobs: readonly string[]): string {
  return `metrics-${jobs.join('-').replaceAll(/[^\w-]/g, '_')}`.slice(0, 40);
}
