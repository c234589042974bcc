import { faults } from '../cluster/faults/index.js';
import { run } from '../cluster/run.js';
import { strategies } from '../cluster/strategies.js';

/** The short form of `npm run test:cluster`. */
const SECONDS = 14;

const named = <T extends { name: string }>(from: readonly T[], name: string): T =>
  from.find((one) => one.name === name) as T;

describe('three gateways, three Prometheus that federate', () => {
  it.each(['none', 'killed, back empty', 'frozen 1.25 s'])(
    'see no counter step back when we keep groups on their gateway; fault: %s',
    async (fault) => {
      const verdict = await run(named(strategies, 'ours, list'), named(faults, fault), SECONDS);
      expect(verdict).toMatchObject({ falseResets: 0, isLastRight: true });
      expect(Math.abs(verdict.increaseError)).toBeLessThan(0.001);
    },
  );

  it('see one at almost every scrape when a balancer deals pushes out in turn', async () => {
    const verdict = await run(named(strategies, 'haproxy roundrobin'), named(faults, 'none'), SECONDS);
    expect(verdict.falseResets).toBeGreaterThan(5);
    expect(verdict.increaseError).toBeGreaterThan(10);
  });
});
