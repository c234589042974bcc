import { PackageLogger } from '../../log/package-logger.js';
import type { Group } from '../../model/index.js';
import type { PoolListener } from '../gateway-pool.js';
import { groupingKeyOf } from '../client/grouping-key.js';

/** Logs what becomes of groups, a line for each change of state, and tells the listener. */
export function logged(listener: PoolListener): PoolListener {
  const logger = new PackageLogger();
  const delayed = new Set<string>();
  return {
    moved: (group, from, to) => {
      logger.log(`Job "${group.job}" has moved from ${from} to ${to}`);
      listener.moved(group, from, to);
    },
    delayed: (group, gateway, silentMs) => {
      const id = idOf(group);
      if (silentMs > 0 && !delayed.has(id)) {
        delayed.add(id);
        logger.warn(
          `Job "${group.job}": ${gateway} has been out of reach for ${Math.round(silentMs / 1_000)} s, but Prometheus still ` +
            'scrapes it. New values wait until it can be reached: on another gateway they would look like counter resets',
        );
      } else if (silentMs === 0 && delayed.delete(id)) {
        logger.log(`Job "${group.job}": values arrive again`);
      }
      listener.delayed(group, gateway, silentMs);
    },
  };
}

function idOf(group: Group): string {
  return JSON.stringify(groupingKeyOf(group));
}
