import fc from 'fast-check';
import type { Fault, Plan } from './run.js';

/** The store and the process of a pusher are never away for longer: a gateway may be. */
const LONGEST_MS = 10_000;

const KINDS: readonly [fc.WeightedArbitrary<Fault['kind']>, ...fc.WeightedArbitrary<Fault['kind']>[]] = [
  { weight: 3, arbitrary: fc.constant('gateway dies') },
  { weight: 3, arbitrary: fc.constant('gateway freezes') },
  { weight: 3, arbitrary: fc.constant('gateway is cut off') },
  { weight: 3, arbitrary: fc.constant('gateway refuses pushers') },
  { weight: 3, arbitrary: fc.constant('pusher dies') },
  { weight: 3, arbitrary: fc.constant('pusher freezes') },
  { weight: 1, arbitrary: fc.constant('store is away') },
  { weight: 1, arbitrary: fc.constant('Prometheus is away') },
];

const faults: fc.Arbitrary<Fault> = fc.record({
  kind: fc.oneof(...KINDS),
  which: fc.nat({ max: 5 }),
  atMs: fc.nat({ max: 30_000 }),
  durationMs: fc.integer({ min: 50, max: LONGEST_MS }),
});

export const plans: fc.Arbitrary<Plan> = fc
  .record({
    route: fc.constantFrom('list' as const, 'address' as const),
    faults: fc.array(faults, { maxLength: 8 }),
    dice: fc.array(fc.nat({ max: 59 }), { minLength: 1, maxLength: 40 }),
  })
  .map((plan) => ({ ...plan, faults: withWitness(plan.faults) }));

/** Long enough for a gateway to be well again, and to be given what it missed. */
const BETWEEN_MS = 13_000;

/** One fault after the other: broadcast promises nothing if the only gateway with the newest values dies. */
export const broadcastPlans: fc.Arbitrary<Plan> = fc
  .record({
    faults: fc.array(faults, { maxLength: 3 }),
    dice: fc.array(fc.nat({ max: 59 }), { minLength: 1, maxLength: 40 }),
  })
  .map(({ faults, dice }) => ({
    route: 'broadcast',
    faults: faults.map((fault, at) => ({ ...fault, atMs: at * (LONGEST_MS + BETWEEN_MS) + 3_000 })),
    dice,
  }));

/** Without Prometheus nobody can tell a gateway that is gone from one that only pushers cannot reach. */
function withWitness(all: readonly Fault[]): Fault[] {
  const isCutOff = all.some(({ kind }) => kind === 'gateway is cut off' || kind === 'gateway refuses pushers');
  return all.filter(({ kind }) => !(isCutOff && kind === 'Prometheus is away'));
}
