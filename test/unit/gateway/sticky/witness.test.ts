import { prometheusWitness, verdictOf } from '../../../../lib/gateway/pools.js';

const INTERVAL = 15_000;
const sightings = (foundForMs: number | undefined, scrapedForMs: number | undefined) => ({
  foundForMs,
  scrapedForMs,
  intervalMs: INTERVAL,
});

describe('verdictOf', () => {
  // Held for an hour, out of reach for 10 s.
  it.each([
    ['a scrape since has found the group', 3_000, 3_000, 'lives'],
    ['a scrape since has not found it', 18_000, 3_000, 'gone'],
    ['the last scrape since has not found it, one before it had', 9_000, 3_000, 'gone'],
    ['it is no target any more', 18_000, undefined, 'gone'],
    ['none has come since, the last was good', 12_000, 12_000, 'open'],
    ['none has come since, the last had failed', 27_000, 12_000, 'open'],
    ['none has come for two intervals', 31_000, 31_000, 'gone'],
    ['Prometheus does not know the group', undefined, undefined, 'unknown'],
  ])('%s', (_, found, scraped, verdict) => {
    expect(verdictOf(sightings(found, scraped), 3_600_000, 10_000)).toBe(verdict);
  });

  // Held for 8 s: what was seen before that was seen at another gateway.
  it.each([
    ['was seen elsewhere only, and may be seen soon', 9_000, 7_000, 'open'],
    ['was seen elsewhere only, and not for two intervals', 50_000, 40_000, 'gone'],
    ['is so new that nobody can have seen it', undefined, 7_000, 'open'],
    ['was seen since it came here, not since it is out of reach', 7_500, 7_000, 'open'],
  ])('a group that %s', (_, found, silent, verdict) => {
    expect(verdictOf(sightings(found, found), 8_000, silent)).toBe(verdict);
  });
});

it("asks for this environment's series only", async () => {
  const asked: string[] = [];
  const query = (promql: string): Promise<[]> => {
    asked.push(promql);
    return Promise.resolve([]);
  };
  const group = { job: 'shop', instance: 'one', labels: { zone: 'z' } };
  await prometheusWitness({ query }, { env: 'staging' })(group);
  expect(asked[0]).toContain('push_time_seconds{job="shop",instance="one",zone="z",env="staging"}');
});
