import { startPushgateway, startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Group } from '../harness/row.js';

const SERIES = 100_000;
const FAMILIES = 10;
const WARM_UPS = 2;
const MORE = 5;
const ROUNDS = 9;

/** The same push from Redis to the same real gateway, in each format. */
export const formats: Group = {
  name: 'formats',
  rounds: ROUNDS,
  rows: [
    {
      name: 'push of 100k counters as protobuf, wall, against text',
      unit: 'ms',
      compare: 'faster',
      us: 'protobuf.wallMs',
      peer: 'text.wallMs',
      least: 1,
      aim: 1.2,
    },
    {
      name: 'CPU of Node for the same, mean of five on end',
      unit: 'ms',
      compare: 'times',
      us: 'protobuf.onEndCpuMs',
      peer: 'text.onEndCpuMs',
      least: 1.3,
      aim: 1,
    },
    {
      name: 'longest event-loop block of the same',
      unit: 'ms',
      compare: 'alone',
      us: 'protobuf.blockMs',
      least: 20,
      aim: 5,
    },
  ],
  start: async () => {
    const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
    await measureIn('fill', redis.address, SERIES, FAMILIES);
    const push = (format: 'protobuf' | 'text') => () =>
      measureIn('push-ours', redis.address, gateway.address, WARM_UPS, SERIES, MORE, format);
    return {
      contestants: { protobuf: push('protobuf'), text: push('text') },
      stop: async () => {
        await Promise.all([redis.stop(), gateway.stop()]);
      },
    };
  },
};
