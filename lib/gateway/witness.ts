import type { Group } from '../model/index.js';
import { groupMatchers, type PrometheusClient } from '../prometheus/index.js';

/** Whether Prometheus still scrapes the gateway that has a group; undefined if it cannot tell. */
export type Witness = (group: Group) => Promise<boolean | undefined>;

/** A group that Prometheus has not seen for this long says nothing about its gateway. */
const LOOK_BACK = '1h';

/**
 * Asks Prometheus for `push_time_seconds`, which a gateway adds to every group. Its series ends with the first scrape that
 * fails, whatever the target is called, and whether or not a load balancer stands between it and us.
 */
export function prometheusWitness(prometheus: Pick<PrometheusClient, 'query'>): Witness {
  return async (group) => {
    const series = `push_time_seconds{${groupMatchers(group)}}`;
    try {
      const present = await prometheus.query(`count(${series})`);
      if (present.length > 0) return true;
      const before = await prometheus.query(`count(count_over_time(${series}[${LOOK_BACK}]))`);
      return before.length > 0 ? false : undefined;
    } catch {
      return undefined;
    }
  };
}
