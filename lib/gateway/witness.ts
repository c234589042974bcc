import type { Group } from '../model/index.js';
import { type FurtherLabels, groupMatchers, type PrometheusClient } from '../prometheus/index.js';

/**
 * Whether Prometheus still scrapes the gateway that has had a group for `heldForMs`; undefined if it cannot tell. True too
 * if it may not have had the time to look there yet.
 */
export type Witness = (group: Group, heldForMs: number) => Promise<boolean | undefined>;

/** Scrapes are seldom further apart. */
const TIME_TO_LOOK_MS = 60_000;
/** A group that Prometheus has not seen for this long says nothing about its gateway. */
const LOOK_BACK_MS = 3_600_000;

/**
 * Asks Prometheus for `push_time_seconds`, which a gateway adds to every group. Its series ends with the first scrape that
 * fails, whatever the target is called, and whether or not a load balancer stands between it and us. Only a series that was
 * seen since the group came to its gateway can have ended there: if it was seen before only, at another one, the next scrape
 * will still show it. Spans of time are asked for, so clocks need not agree.
 */
export function prometheusWitness(prometheus: Pick<PrometheusClient, 'query'>, further?: FurtherLabels): Witness {
  return async (group, heldForMs) => {
    const series = `push_time_seconds{${groupMatchers(group, further)}}`;
    const isSeen = async (promql: string): Promise<boolean> => (await prometheus.query(`count(${promql})`)).length > 0;
    const wasSeenWithin = (spanMs: number): Promise<boolean> =>
      isSeen(`count_over_time(${series}[${Math.max(1, Math.round(spanMs))}ms])`);
    try {
      if (await isSeen(series)) return true;
      if (await wasSeenWithin(Math.min(heldForMs, LOOK_BACK_MS))) return false;
      return heldForMs < TIME_TO_LOOK_MS && (await wasSeenWithin(LOOK_BACK_MS)) ? true : undefined;
    } catch {
      return undefined;
    }
  };
}
