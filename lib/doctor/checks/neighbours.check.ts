import { partsOf } from '../../gateway/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import { error, type Finding } from '../finding.js';
import type { Neighbourhood } from '../probes/neighbours.probe.js';

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
