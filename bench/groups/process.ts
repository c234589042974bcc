import { startPushgateway, startRedis } from '../../test/support/servers.js';
import { measureIn, measureWhole } from '../harness/processes.js';
import type { Group, Row } from '../harness/row.js';
import { asPublished } from './as-published.js';

/** The target is about as large as what a busy machine adds. */
const ROUNDS = 15;
const FAMILIES = 10;
const SERIES = 100;

const over = (name: string, us: string, figure: 'cpuMs' | 'wallMs', targets: Pick<Row, 'least' | 'aim'> = {}): Row => ({
  name,
  unit: 'ms',
  compare: 'over',
  us: `${us}.${figure}`,
  peer: `nest.${figure}`,
  ...targets,
});

/** What runs for a moment: the command `push` in a process of its own, and the first push of a process that has counted. */
export const process: Group = {
  name: 'process',
  rounds: ROUNDS,
  rows: [
    over('a process that runs `push`, wall, over a process of Nest alone', 'push', 'wallMs', { least: 300, aim: 200 }),
    over('CPU of that process', 'push', 'cpuMs', { least: 350, aim: 250 }),
    over('a process that runs an empty command of nest-commander, wall', 'command', 'wallMs'),
    over('CPU of that process', 'command', 'cpuMs'),
    {
      name: 'CPU of the first push of a process',
      unit: 'ms',
      compare: 'alone',
      us: 'first.cpuMs',
      least: 120,
      aim: 80,
    },
  ],
  start: async () => {
    await asPublished();
    const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
    await measureIn('fill', redis.address, SERIES, FAMILIES);
    return {
      contestants: {
        push: () => measureWhole('command-push', redis.address, gateway.address),
        nest: () => measureWhole('command-bare'),
        command: () => measureWhole('command-empty'),
        first: () => measureIn('push-first', redis.address, gateway.address),
      },
      stop: async () => {
        await Promise.all([redis.stop(), gateway.stop()]);
      },
    };
  },
};
