import fc from 'fast-check';
import type { Fate } from './faulty-link.js';
import type { Action, Plan } from './run.js';

const type = fc.constantFrom('counter' as const, 'gauge' as const, 'histogram' as const);
const series = fc.constantFrom(0 as const, 1 as const);

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ verb: fc.constant('change' as const), type, series }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant('remove' as const), type, series }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('reset' as const), type }) },
  { weight: 1, arbitrary: fc.constant<Action>({ verb: 'clear' }) },
  { weight: 6, arbitrary: fc.constant<Action>({ verb: 'flush' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ verb: 'crash' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ verb: 'store emptied' }) },
);

const fates = fc.constantFrom<Fate[]>('fine', 'request lost', 'reply lost', 'late');

/** Up to three writers and some faults. */
export const plans: fc.Arbitrary<Plan> = fc
  .record({
    steps: fc.array(fc.record({ writer: fc.integer({ min: 0, max: 2 }), action: actions }), { maxLength: 30 }),
    fates: fc.array(fates, { maxLength: 12 }),
  })
  .map(({ steps, fates }) => ({ steps, fates: fates.map((fate) => (isEmptied(steps) ? withoutGhosts(fate) : fate)) }));

function isEmptied(steps: Plan['steps']): boolean {
  return steps.some(({ action }) => action.verb === 'store emptied');
}

/** A store that has forgotten its writers cannot know what comes late for something new. */
function withoutGhosts(fate: Fate): Fate {
  return fate === 'late' ? 'reply lost' : fate;
}
