import { type Fault, faults } from '../proofs/cluster/faults/index.js';
import { run } from '../proofs/cluster/run.js';
import { steps } from '../proofs/cluster/steps.js';
import { strategies } from '../proofs/cluster/strategies.js';

/** The short form of `npm run test:cluster`. */
const SECONDS = 8;

const named = <T extends { name: string }>(from: readonly T[], name: string): T =>
  from.find((one) => one.name === name) as T;

/** A pusher dies in the middle of a body, then a gateway freezes. */
const oneAfterTheOther: Fault = {
  name: 'pusher killed, then frozen 1.25 s',
  strike: async (cluster, choose, lastingMs) => {
    const inTheMiddle = steps.findIndex(({ name }) => name === 'at half a body');
    await named(faults, 'pusher killed').strike(cluster, () => inTheMiddle, lastingMs);
    await named(faults, 'frozen 1.25 s').strike(cluster, choose, lastingMs);
  },
};

describe('three gateways, three Prometheus that federate', () => {
  it.each([named(faults, 'killed, back empty'), oneAfterTheOther])(
    'see no counter step back when we keep groups on their gateway; fault: $name',
    async (fault) => {
      const verdict = await run(named(strategies, 'ours, list'), fault, SECONDS);
      expect(verdict).toMatchObject({ falseResets: 0, backwardSteps: 0, lastRight: [true, true, true], lost: 0 });
      expect(Math.abs(verdict.reckonedError)).toBeLessThan(0.001);
    },
  );

  it('see many when a balancer deals pushes out in turn', async () => {
    const verdict = await run(named(strategies, 'haproxy roundrobin'), named(faults, 'none'), SECONDS / 2);
    expect(verdict.falseResets).toBeGreaterThan(5);
    expect(verdict.increaseError).toBeGreaterThan(10);
  });
});
