import { measureIn } from '../harness/processes.js';
import type { Group } from '../harness/row.js';

/** What measuring a request adds to it. */
export const http: Group = {
  name: 'http',
  rows: [
    {
      name: 'CPU added to a request of Express, against express-prom-bundle',
      unit: 'us',
      compare: 'faster',
      us: 'requests.usUs',
      peer: 'requests.peerUs',
      least: 2,
      aim: 4,
    },
    { name: 'the same, alone', unit: 'us', compare: 'alone', us: 'requests.usUs', least: 3, aim: 2 },
    {
      name: 'the same with sizes, and all else that instruments switched on',
      unit: 'us',
      compare: 'alone',
      us: 'requests.allUs',
      least: 3,
    },
    { name: 'what two applications without any of it differ by', unit: 'us', compare: 'alone', us: 'requests.againUs' },
    { name: 'CPU of a request that nobody measures', unit: 'us', compare: 'alone', us: 'requests.bareUs' },
  ],
  rounds: 3,
  start: () =>
    Promise.resolve({
      contestants: { requests: () => measureIn('http-requests') },
      stop: () => Promise.resolve(),
    }),
};
