import type { Group } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import type { ContestedFamily, Store } from '../../store/index.js';
import { type Finding, warning } from '../finding.js';

export interface ContestedMetrics {
  readonly job: string;
  readonly metrics: readonly ContestedFamily[];
}

/** Changes nothing. Finds nothing if the store does not answer, which another check reports. */
export async function probeContested(
  { shapes }: Store,
  { jobs, instance, groupingLabels: labels }: ResolvedOptions,
): Promise<ContestedMetrics[]> {
  const probe = async (group: Group): Promise<ContestedMetrics> => ({
    job: group.job,
    metrics: await shapes.contested(group),
  });
  return Promise.all(jobs.map((job) => probe({ job, instance, labels }))).catch(() => []);
}

/** Metrics that processes define in different ways. */
export function checkContested(all: readonly ContestedMetrics[]): Finding[] {
  return all.flatMap(({ job, metrics }) =>
    metrics.map(({ family, shown, waiting }) => {
      const others = waiting.map(({ shape }) => shape).join(', ');
      const what = `is shown as ${shown}; values as ${others} wait`;
      return warning('metrics.definition', `metric ${family} of job ${job}`, what, {
        why: 'Processes define the metric in different ways, as during a deploy. Values of one definition are shown, those of the others are kept beside them',
        fix: `During a deploy wait for its end, and a minute more. Otherwise give the two names of their own, or forget all values of it with clear('${job}', '${family}')`,
      });
    }),
  );
}
