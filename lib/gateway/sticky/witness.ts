import type { Group } from '../../model/index.js';

/** What Prometheus can say of the gateway that has a group. Spans of time by its own clock, in milliseconds. */
export interface Sightings {
  /** Since the last scrape that found the group, at whatever gateway; undefined: none did within the last hour. */
  readonly foundForMs: number | undefined;
  /** Since the last scrape of the target that had the group then, good or not; undefined: it is no target any more. */
  readonly scrapedForMs: number | undefined;
  /** From one scrape of that target to the next. */
  readonly intervalMs: number;
}

/** Asks Prometheus where a group was seen. Rejects if it does not answer. */
export type Witness = (group: Group) => Promise<Sightings>;

/**
 * What that proves of a gateway which pushers cannot reach:
 * - `lives`: Prometheus has scraped the group there since, so a second copy elsewhere would zigzag with it;
 * - `gone`: a scrape since did not find it, or nobody scrapes it any more;
 * - `open`: the next scrape will tell;
 * - `unknown`: Prometheus does not know the group.
 */
export type Verdict = 'lives' | 'gone' | 'open' | 'unknown';

/** Scrapes are rarely further apart. */
const TIME_TO_LOOK_MS = 60_000;
/** If no scrape comes within this many intervals, none will come: a discovered target, for instance, that is discovered no more. */
const INTERVALS_TO_WAIT = 2;

/**
 * Only scrapes since the gateway was first out of reach count. One that failed before may have met a gateway that was just
 * frozen, or restarted empty and was pushed to again: the next one would find the group there.
 *
 * @param heldForMs How long the gateway has had the group. Who saw it before that saw it elsewhere.
 * @param silentForMs How long it has been out of reach.
 */
export function verdictOf(
  { foundForMs, scrapedForMs, intervalMs }: Sightings,
  heldForMs: number,
  silentForMs: number,
): Verdict {
  if (foundForMs === undefined) return heldForMs < TIME_TO_LOOK_MS ? 'open' : 'unknown';
  const patienceMs = INTERVALS_TO_WAIT * intervalMs;
  if (foundForMs >= heldForMs) return silentForMs < patienceMs ? 'open' : 'gone';
  if (scrapedForMs === undefined || scrapedForMs >= patienceMs) return 'gone';
  if (scrapedForMs >= silentForMs) return 'open';
  return foundForMs > scrapedForMs ? 'gone' : 'lives';
}
