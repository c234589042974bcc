import { prometheusWitness } from '../../../lib/gateway/index.js';
import type { InstantSample } from '../../../lib/prometheus/index.js';

const group = { job: 'a"b\\c', instance: 'one\ntwo', labels: { zone: 'z' } };
const SERIES = String.raw`push_time_seconds{job="a\"b\\c",instance="one\ntwo",zone="z"}`;
const one: InstantSample[] = [{ metric: {}, value: 1, timestamp: new Date(0) } as unknown as InstantSample];

function witnessOf(answers: Record<string, InstantSample[] | Error>) {
  const asked: string[] = [];
  const query = (promql: string): Promise<InstantSample[]> => {
    asked.push(promql);
    const answer = answers[promql] ?? [];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { asked, witness: prometheusWitness({ query }) };
}

const NOW = `count(${SERIES})`;
const SINCE_HELD = `count(count_over_time(${SERIES}[7000ms]))`;
const WITHIN_AN_HOUR = `count(count_over_time(${SERIES}[3600000ms]))`;

describe('prometheusWitness', () => {
  it.each([
    ['sees the group now', { [NOW]: one }, true],
    ['has seen it at this gateway, but no more', { [SINCE_HELD]: one, [WITHIN_AN_HOUR]: one }, false],
    ['has seen it before only, at another gateway, and may see it soon', { [WITHIN_AN_HOUR]: one }, true],
    ['has never seen it', {}, undefined],
    ['does not answer', { [NOW]: new Error('away') }, undefined],
  ])('when Prometheus %s', async (_, answers, scraped) => {
    const { witness, asked } = witnessOf(answers);
    expect(await witness(group, 7_000)).toBe(scraped);
    expect(asked[0]).toBe(NOW);
  });

  it('cannot tell of a gateway that it has not seen in a minute', async () => {
    const { witness } = witnessOf({ [WITHIN_AN_HOUR]: one });
    expect(await witness(group, 60_000)).toBeUndefined();
  });

  it("asks for this environment's series only", async () => {
    const asked: string[] = [];
    const query = (promql: string): Promise<InstantSample[]> => {
      asked.push(promql);
      return Promise.resolve([]);
    };
    await prometheusWitness({ query }, { env: 'staging' })(group, 7_000);
    expect(asked).toHaveLength(3);
    for (const promql of asked) expect(promql).toContain('zone="z",env="staging"}');
  });

  it('does not look back further than an hour', async () => {
    const { witness } = witnessOf({ [WITHIN_AN_HOUR]: one });
    expect(await witness(group, 10_000_000)).toBe(false);
  });
});
