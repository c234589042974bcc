import fc from 'fast-check';
import type { Fate } from './faulty-link.js';
import type { Plan, StoreFault } from './run.js';
import type { Action } from './simulated-writer.js';

const type = fc.constantFrom('counter' as const, 'gauge' as const, 'histogram' as const);
const series = fc.constantFrom(0 as const, 1 as const);

type Weighted<Act> = fc.WeightedArbitrary<Act>;
const ACTIONS: Weighted<Action>[] = [
  { weight: 10, arbitrary: fc.record({ verb: fc.constant('change' as const), type, series }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant('remove' as const), type, series }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('reset' as const), type }) },
  { weight: 1, arbitrary: fc.constant<Action>({ verb: 'clear' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ verb: 'crowd' }) },
  { weight: 6, arbitrary: fc.constant<Action>({ verb: 'flush' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ verb: 'crash' }) },
];
const STORE_FAULTS: Weighted<StoreFault>[] = [
  { weight: 1, arbitrary: fc.constant<StoreFault>({ verb: 'store emptied' }) },
  { weight: 1, arbitrary: fc.constant<StoreFault>({ verb: 'store saved' }) },
  { weight: 1, arbitrary: fc.constant<StoreFault>({ verb: 'store rolled back' }) },
];
const COPIES: Weighted<Action>[] = [{ weight: 1, arbitrary: fc.constant<Action>({ verb: 'copy' }) }];

const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Fate[]>('fine', 'request lost', 'reply lost', 'late') },
  // A batch of a few changes is some forty commands.
  { weight: 2, arbitrary: fc.record({ failsAt: fc.noBias(fc.integer({ min: 1, max: 60 })) }) },
);

/** Up to three writers, their copies, and some faults. By itself fast-check makes no arrays of more than ten. */
function plansWith(faults: readonly Weighted<Action | StoreFault>[]): fc.Arbitrary<Plan> {
  const action = fc.oneof(...([...ACTIONS, ...faults] as [Weighted<Action>, ...Weighted<Action | StoreFault>[]]));
  return fc.record({
    steps: fc.array(fc.record({ writer: fc.nat({ max: 5 }), action }), { maxLength: 30, size: 'max' }),
    fates: fc.array(fates, { maxLength: 12, size: 'max' }),
  });
}

/**
 * A store that has gone back cannot know what was copied before: to it, both are new. So a plan has one of them.
 */
export const plans: fc.Arbitrary<Plan> = fc.oneof(
  plansWith(STORE_FAULTS).map(({ steps, fates: all }) => ({ steps, fates: withoutGhosts(steps, all) })),
  plansWith(COPIES),
);

/**
 * A store that has forgotten its writers cannot know what comes late for something new. One that is only older than it was
 * may get one batch late, but not two of them: the first would make the second fit.
 */
function withoutGhosts(steps: Plan['steps'], all: readonly Fate[]): Fate[] {
  const has = (verb: StoreFault['verb']): boolean => steps.some(({ action }) => action.verb === verb);
  const allowed = has('store emptied') ? 0 : has('store rolled back') ? 1 : Infinity;
  let ghosts = 0;
  return all.map((fate) => (fate === 'late' && ++ghosts > allowed ? 'reply lost' : fate));
}
