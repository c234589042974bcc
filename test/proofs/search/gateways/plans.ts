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
  { weight: 3, arbitrary: fc.constant('ledger is lost') },
  { weight: 3, arbitrary: fc.constant('list changes') },
];

const which = fc.nat({ max: 5 });
const durationMs = fc.integer({ min: 50, max: LONGEST_MS });

/** At any time; or soon after the one before it has begun or ended, and mostly to the same: what is half done meets the next. */
type Drawn = Fault & { readonly follows: 'nothing' | 'begin' | 'end'; readonly isSame: boolean };
const drawn: fc.Arbitrary<Drawn> = fc.oneof(
  fc.record({
    kind: fc.oneof(...KINDS),
    which,
    atMs: fc.nat({ max: 30_000 }),
    durationMs,
    follows: fc.constant('nothing' as const),
    isSame: fc.constant(false),
  }),
  fc.record({
    kind: fc.oneof(...KINDS),
    which,
    atMs: fc.nat({ max: 3_000 }),
    durationMs: fc.oneof(durationMs, fc.integer({ min: 50, max: 1_500 })),
    follows: fc.constantFrom('begin' as const, 'end' as const),
    isSame: fc.oneof(fc.constant(true), fc.boolean()),
  }),
);

const faults: fc.Arbitrary<Fault[]> = fc.array(drawn, { maxLength: 8 }).map((all) => {
  const faults: Fault[] = [];
  for (const { follows, isSame, ...fault } of all) {
    const before = faults.at(-1);
    const from = before && follows !== 'nothing' ? before.atMs + (follows === 'end' ? before.durationMs : 0) : 0;
    faults.push({ ...fault, atMs: from + fault.atMs, which: before && isSame ? before.which : fault.which });
  }
  return faults;
});

const single: fc.Arbitrary<Fault> = fc
  .record({ kind: fc.oneof(...KINDS), which, atMs: fc.constant(0), durationMs })
  .filter(({ kind }) => kind !== 'list changes');

const dice = fc.array(fc.nat({ max: 59 }), { minLength: 1, maxLength: 40, size: 'max' });
const quietMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(15_000) },
  // What the product remembers of a gateway's silence is forgotten by then.
  { weight: 1, arbitrary: fc.constant(45_000) },
);
const order = fc.nat({ max: 2 ** 31 - 1 });

export const plans: fc.Arbitrary<Plan> = fc
  .record({
    route: fc.constantFrom('list' as const, 'address' as const),
    faults,
    dice,
    quietMs,
    order,
  })
  .map((plan) => ({ ...plan, faults: withHolder(plan.route, withWitness(plan.faults)) }));

/** Long enough for a gateway to be well again, and to be given what it missed. */
const BETWEEN_MS = 13_000;

/** One fault after the other: broadcast promises nothing if the only gateway with the newest values dies. */
export const broadcastPlans: fc.Arbitrary<Plan> = fc
  .record({
    faults: fc.array(single, { maxLength: 3 }),
    dice,
    quietMs,
    order,
  })
  .map(({ faults, ...rest }) => ({
    route: 'broadcast',
    faults: faults.map((fault, at) => ({ ...fault, atMs: at * (LONGEST_MS + BETWEEN_MS) + 3_000 })),
    ...rest,
  }));

/** Without Prometheus nobody can tell a gateway that is gone from one that only pushers cannot reach. */
function withWitness(all: readonly Fault[]): Fault[] {
  const isCutOff = all.some(({ kind }) => kind === 'gateway is cut off' || kind === 'gateway refuses pushers');
  return all.filter(({ kind }) => !(isCutOff && kind === 'Prometheus is away'));
}

/** Behind a balancer, and without a ledger, the next push may go anywhere; and there is no list. */
function withHolder(route: Plan['route'], all: readonly Fault[]): Fault[] {
  return all.filter(({ kind }) => (kind !== 'ledger is lost' && kind !== 'list changes') || route === 'list');
}
