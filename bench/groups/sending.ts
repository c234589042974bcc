import { startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Group } from '../harness/row.js';

const INCREMENTS = 1_000_000;
const PER_SECOND = 100_000;
const SERIES = 1_000;
const AWAITED = 20_000;

/** What counting costs beyond the call: commands to Redis, and CPU until everything is there. */
export const sending: Group = {
  name: 'sending',
  rows: [
    {
      name: 'Redis commands for 1M incs at 100k/s on 1,000 series',
      unit: 'commands',
      compare: 'alone',
      us: 'us.commands',
      least: 500,
      aim: 100,
    },
    {
      name: 'CPU of these, flushes included, against HINCRBY of ioredis, not awaited',
      unit: 'ms',
      compare: 'faster',
      us: 'us.cpuMs',
      peer: 'ioredis.cpuMs',
      least: 5,
      aim: 10,
    },
    {
      name: 'inc({ a, b }), against an awaited HINCRBY of ioredis',
      unit: 'ns',
      compare: 'faster',
      us: 'counting.incLabels',
      peer: 'awaited.awaitedNs',
    },
  ],
  start: async () => {
    const redis = await startRedis();
    return {
      contestants: {
        us: () => measureIn('send-ours', redis.address, INCREMENTS, PER_SECOND, SERIES),
        ioredis: () => measureIn('send-ioredis', redis.address, INCREMENTS, PER_SECOND, SERIES),
        counting: () => measureIn('count-ours', redis.address),
        awaited: () => measureIn('send-ioredis', redis.address, AWAITED, 0, SERIES),
      },
      stop: () => redis.stop(),
    };
  },
};
