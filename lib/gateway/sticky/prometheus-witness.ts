import { matchersOf } from '../../model/index.js';
import {
  type FurtherLabels,
  groupMatchers,
  type InstantSample,
  type PrometheusClient,
} from '../../prometheus/index.js';
import type { Sightings, Witness } from './witness.js';

type Queries = Pick<PrometheusClient, 'query'>;

/**
 * Where to look for the last scrape that found a group, once its series has ended, and in which steps: the last minute
 * closely, as a group may have been there for a scrape only. What was not seen for an hour says nothing about its gateway.
 */
const LOOK_BACKS = ['1m:50ms', '1h:1s'];
/** Prometheus' own default, for a target of which nothing is known. */
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Asks Prometheus for `push_time_seconds`, which a gateway adds to every group, and for `up`, which Prometheus adds to every
 * scrape. The samples of one scrape have one timestamp: that tells which target had a group, whatever it is called, and
 * whether or not a load balancer stands between it and us. Spans of time are asked for, so clocks need not agree. Only
 * `query` is used, which Thanos and Mimir answer too.
 */
export function prometheusWitness(prometheus: Queries, further?: FurtherLabels): Witness {
  return async (group) => {
    const series = `push_time_seconds{${groupMatchers(group, further)}}`;
    const inThePast = LOOK_BACKS.map((span) => `max(max_over_time(timestamp(${series})[${span}]))`);
    const [found] = await prometheus.query([`max(timestamp(${series}))`, ...inThePast].join(' or '));
    if (!found) return { foundForMs: undefined, scrapedForMs: undefined, intervalMs: DEFAULT_INTERVAL_MS };
    const targets = await targetsScrapedAt(prometheus, found.value);
    return { ...(await sinceThen(prometheus, series, found.value, targets)), intervalMs: intervalOf(targets) };
  };
}

/** The targets of that scrape, usually one. The value is the time since the scrape before, in seconds; 0 if it is not known. */
function targetsScrapedAt(prometheus: Queries, time: number): Promise<InstantSample[]> {
  const interval = 'timestamp(up) - timestamp(up offset 1ms) or 0 * timestamp(up)';
  return prometheus.query(`(${interval}) and timestamp(up) == ${time}`, { time });
}

function intervalOf(targets: readonly InstantSample[]): number {
  return Math.max(0, ...targets.map(({ value }) => value * 1_000)) || DEFAULT_INTERVAL_MS;
}

/** One query asks for both: a scrape that ends meanwhile is seen in both or in neither. */
async function sinceThen(
  prometheus: Queries,
  series: string,
  foundAt: number,
  targets: readonly InstantSample[],
): Promise<Pick<Sightings, 'foundForMs' | 'scrapedForMs'>> {
  const found = `min(time() - timestamp(${series})) or vector(time() - ${foundAt})`;
  const scraped = targets
    .map(({ metric }) => `time() - timestamp(up{${matchersOf(Object.entries(metric))}})`)
    .join(' or ');
  const named = (name: string, promql: string): string => `label_replace(${promql}, "what", "${name}", "", "")`;
  const ages = await prometheus.query(
    // Without a target, the scrape that found the group is the last known one.
    `${named('found', found)} or ${named('scraped', scraped === '' ? found : `max(${scraped})`)}`,
  );
  const ageOf = (name: string): number | undefined => {
    const age = ages.find(({ metric }) => metric['what'] === name);
    return age && age.value * 1_000;
  };
  return { foundForMs: ageOf('found'), scrapedForMs: ageOf('scraped') };
}
