import { measureIn } from '../harness/processes.js';
import type { Group } from '../harness/row.js';
import { asPublished } from './as-published.js';

/** More than others have: what is asked for is a tenth of what is measured. */
const ROUNDS = 21;

/**
 * What an application waits for when it starts. The clients of Redis (with the first flush) and of HTTP (with the first
 * push), and cron with @nestjs/schedule (only where they are used) are loaded later, and not in it.
 */
export const starting: Group = {
  name: 'starting',
  rounds: ROUNDS,
  rows: [
    {
      name: 'import and start of the module, over Nest alone',
      unit: 'ms',
      compare: 'over',
      us: 'us.startMs',
      peer: 'nest.startMs',
      least: 30,
      aim: 20,
    },
    { name: 'of it the import', unit: 'ms', compare: 'over', us: 'us.importMs', peer: 'nest.importMs' },
  ],
  start: async () => {
    await asPublished();
    return {
      contestants: { us: () => measureIn('start-ours'), nest: () => measureIn('start-bare') },
      stop: () => Promise.resolve(),
    };
  },
};
