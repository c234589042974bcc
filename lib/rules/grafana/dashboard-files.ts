import { groupingLabels } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import { ASSUMED_PUSH_INTERVAL_SECONDS, type PrometheusFile } from '../prometheus-files.js';
import { type KnownJob, pushedMetrics } from '../pushed-metrics.js';
import { duration } from '../yaml.js';
import { dashboardText } from './dashboard.js';
import { metricsDashboard } from './metrics-dashboard.js';
import { pushesDashboard } from './pushes-dashboard.js';
import { requestsDashboard } from './requests-dashboard.js';

export interface DashboardFilesInput {
  readonly options: Pick<ResolvedOptions, 'jobs' | 'instance' | 'groupingLabels' | 'pushIntervalMs'>;
  readonly known: readonly KnownJob[];
  readonly scrapeIntervalSeconds: number;
}

/**
 * Dashboards for Grafana: `metrics.json` with a row for each metric, `pushes.json` for how pushing goes, and `requests.json` where HTTP
 * requests or batch jobs are measured.
 *
 * @throws MetricClashError for a name that is of two types.
 */
export function dashboardFiles({ options, known, scrapeIntervalSeconds }: DashboardFilesInput): PrometheusFile[] {
  const { jobs, instance, groupingLabels: labels, pushIntervalMs } = options;
  const metrics = pushedMetrics(known);
  const pushSeconds = pushIntervalMs === undefined ? ASSUMED_PUSH_INTERVAL_SECONDS : pushIntervalMs / 1_000;
  const step = duration(Math.max(pushSeconds, scrapeIntervalSeconds));
  const further = groupingLabels({ job: jobs[0], instance, labels }).map(([name]) => name);
  const groupLabels = further.filter((name) => name !== 'job' && name !== 'instance');
  const requests = requestsDashboard(
    metrics.map(({ definition }) => definition.name),
    step,
  );
  const dashboards = {
    'metrics.json': metricsDashboard({ jobs, groupLabels, metrics, step }),
    'pushes.json': pushesDashboard(step),
    ...(requests && { 'requests.json': requests }),
  };
  return Object.entries(dashboards).map(([name, content]) => ({ name, text: dashboardText(content) }));
}
