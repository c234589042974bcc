import { partsOf } from '../../gateway/index.js';
import type { Group } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import type { Store } from '../../store/index.js';
import { error, type Finding } from '../finding.js';

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

export function checkNeighbours(neighbourhoods: readonly Neighbourhood[], { gateways }: ResolvedOptions): Finding[] {
  const own = gateways.map(({ url }) => url);
  return neighbourhoods.flatMap(({ job, gateways: all, holder }) => {
    const others = all.filter((gateway) => !own.includes(gateway));
    if (others.length === 0) return [];
    const isElsewhere = holder !== undefined && others.includes(partsOf(holder).address);
    const where = isElsewhere ? `, and ${holder} has it` : '';
    return [
      error('groups.same-gateways', `job ${job}`, `living processes push to ${others.join(', ')} too${where}`, {
        why: 'A group is kept on one gateway, and left there while a living process has that one configured: the others push nothing',
        fix: 'Give all processes of one job and instance the same pushgateway.host; applications that have nothing in common need another pushgateway.keyPrefix, or another prometheus.instance. During a deploy that changes the list, wait for its end',
      }),
    ];
  });
}
