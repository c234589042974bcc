import { Logger } from '@nestjs/common';
import { failureOf, searches } from '../search.js';
import { broadcastPlans } from './plans.js';
import { run } from './run.js';

/** Real timers stand behind node:timers/promises whatever `setTimeout` is: here it waits by the clock in its place. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}));

beforeAll(() => {
  Logger.overrideLogger(false);
});

it.each(searches(40))(
  'the highest of all gateways never steps back, and all of them end with the newest value; --seed $seed',
  async (search) => {
    expect(await failureOf(search, [broadcastPlans], run)).toBeUndefined();
  },
);
