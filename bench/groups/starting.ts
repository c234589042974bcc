import { measureIn } from '../harness/processes.js';
import type { Group } from '../harness/row.js';

/** What an application waits for when it starts. */
export const starting: Group = {
  name: 'starting',
  rounds: 11,
  rows: [
    {
      name: 'import and start of the module, over Nest alone',
      unit: 'ms',
      compare: 'over',
      us: 'us.startMs',
      peer: 'nest.startMs',
      least: 50,
      aim: 20,
    },
    { name: 'of it the import', unit: 'ms', compare: 'over', us: 'us.importMs', peer: 'nest.importMs' },
  ],
  start: () =>
    Promise.resolve({
      contestants: { us: () => measureIn('start-ours'), nest: () => measureIn('start-bare') },
      stop: () => Promise.resolve(),
    }),
};
