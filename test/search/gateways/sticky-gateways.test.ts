import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { searchOptions } from '../search-options.js';
import { plans } from './plans.js';
import { run } from './run.js';

/** Real timers stand behind node:timers/promises whatever `setTimeout` is: here it waits by the clock in its place. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}));

beforeAll(() => {
  Logger.overrideLogger(false);
});

it('a counter never steps back, one gateway ends with it, and the ledger names every copy, whatever happens', async () => {
  const search = fc.asyncProperty(fc.scheduler(), plans, run);
  const details = await fc.check(search, searchOptions(100));
  expect(await fc.asyncDefaultReportMessage(details)).toBeUndefined();
});
