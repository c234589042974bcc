import { Logger } from '@nestjs/common';
import { failureOf, searches } from '../search.js';
import { plans } from './plans.js';
import { run } from './run.js';

/** Real timers stand behind node:timers/promises whatever `setTimeout` is: here it waits by the clock in its place. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}));

beforeAll(() => {
  Logger.overrideLogger(false);
});

it.each(searches(100))(
  'a counter never steps back, one gateway ends with it, and the ledger names every copy, whatever happens; --seed $seed',
  async (search) => {
    expect(await failureOf(search, [plans], run)).toBeUndefined();
  },
);
