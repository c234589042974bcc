import { Redis } from 'ioredis';
import { startPushgateway, startRedis } from '../../test/support/servers.js';
import { onItsOwnCore } from '../harness/own-core.js';
import { measureIn } from '../harness/processes.js';
import type { Figures, Group } from '../harness/row.js';
import { longestCommandMs, watchCommands } from '../processes/redis-figures.js';

const SERIES = 1_000_000;
const FAMILIES = 10;
/** A million take the gateway most of 10 seconds. */
const ROUNDS = 3;

/** What must stay bounded however large a group is, seen at a million series. */
export const million: Group = {
  name: 'million',
  rounds: ROUNDS,
  rows: [
    {
      name: 'longest Redis command of a push, 1M series',
      unit: 'ms',
      compare: 'alone',
      us: 'watchedPush.longestMs',
      least: 5,
      aim: 1,
    },
    {
      name: 'longest Redis command of a flush, 1M series',
      unit: 'ms',
      compare: 'alone',
      us: 'fill.longestMs',
      least: 5,
      aim: 1,
    },
    {
      name: 'memory that a push of 1M series adds to the process',
      unit: 'MB',
      compare: 'alone',
      us: 'push.addedMb',
      least: 64,
      aim: 32,
    },
    {
      name: 'push of 1M series, wall, against the floor',
      unit: 'ms',
      compare: 'times',
      us: 'push.wallMs',
      peer: 'floor.wallMs',
    },
    { name: 'longest event-loop block of a push of 1M series', unit: 'ms', compare: 'alone', us: 'push.blockMs' },
  ],
  start: async () => {
    const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
    const client = new Redis(`redis://${redis.address}`);
    const alone = (act: () => Promise<Figures>) => onItsOwnCore(redis.pid, [gateway.pid], act);
    const push = () => measureIn('push-ours', redis.address, gateway.address, 0, SERIES);
    const watchedPush = async (): Promise<Figures> => {
      await watchCommands(client);
      await push();
      return { longestMs: await longestCommandMs(client) };
    };
    const filled = await alone(() => measureIn('fill', redis.address, SERIES, FAMILIES));
    return {
      contestants: {
        fill: () => Promise.resolve(filled),
        push,
        watchedPush: () => alone(watchedPush),
        floor: () => measureIn('push-floor', gateway.address, 0, SERIES, FAMILIES, 0),
      },
      stop: async () => {
        client.disconnect();
        await Promise.all([redis.stop(), gateway.stop()]);
      },
    };
  },
};
