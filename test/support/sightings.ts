import type { Sightings } from '../../lib/gateway/pools.js';

/** What a witness says of a gateway that Prometheus scrapes, or cannot scrape; undefined: Prometheus does not answer. */
export function sightingsOf(isScraped: boolean | undefined): Promise<Sightings> {
  if (isScraped === undefined) return Promise.reject(new Error('Prometheus is away'));
  // Since any attempt to reach it; or long ago, and nobody scrapes it any more.
  return Promise.resolve(
    isScraped
      ? { foundForMs: -1, scrapedForMs: -1, intervalMs: 60_000 }
      : { foundForMs: Infinity, scrapedForMs: undefined, intervalMs: 0 },
  );
}
