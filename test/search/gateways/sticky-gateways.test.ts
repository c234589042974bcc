import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { searches } from '../search-options.js';
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
  async (options) => {
    const search = fc.asyncProperty(fc.scheduler(), plans, run);
    const details = await fc.check(search, options);
    expect(await fc.asyncDefaultReportMessage(details)).toBeUndefined();
  },
);
