import type { Group } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import type { Store } from '../../store/index.js';

/** As long as a living process may be silent. */
const LIFE_MS = 15_000;

/** Where the processes that share a group with this application push it to. */
export interface Neighbourhood {
  readonly job: string;
  /** Gateways that living processes of the group have configured. */
  readonly gateways: readonly string[];
  readonly holder: string | undefined;
}

/** Changes nothing. Finds nothing if the store does not answer, which another check reports. */
export async function probeNeighbours(
  { signsOfLife, ledgers }: Store,
  { jobs, instance, groupingLabels: labels }: ResolvedOptions,
): Promise<Neighbourhood[]> {
  const probe = async (group: Group): Promise<Neighbourhood> => {
    const [gateways, { holder }] = await Promise.all([signsOfLife.gateways(LIFE_MS, group), ledgers.read(group)]);
    return { job: group.job, gateways, holder };
  };
  return Promise.all(jobs.map((job) => probe({ job, instance, labels }))).catch(() => []);
}
