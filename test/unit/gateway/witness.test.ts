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
const BEFORE = `count(count_over_time(${SERIES}[1h]))`;

describe('prometheusWitness', () => {
  it.each([
    ['sees the group now', { [NOW]: one, [BEFORE]: one }, true],
    ['saw it before, but no more', { [BEFORE]: one }, false],
    ['has never seen it', {}, undefined],
    ['does not answer', { [NOW]: new Error('away') }, undefined],
  ])('when Prometheus %s', async (_, answers, scraped) => {
    const { witness, asked } = witnessOf(answers);
    expect(await witness(group)).toBe(scraped);
    expect(asked[0]).toBe(NOW);
  });
});
