import { startPushgateway, startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Group } from '../harness/row.js';

const SERIES = 100_000;
const FAMILIES = 10;
/** A process that pushes every 15 seconds has pushed before. */
const WARM_UPS = 2;
/** Pushes in a row: what a gateway takes for the same body differs by a tenth, and V8 also collects what those before have left. */
const MORE = 5;
const ROUNDS = 9;

/** Pushes of 100,000 series to the same real gateway: ours from Redis, prom-client's from its own memory. */
export const pushing: Group = {
  name: 'pushing',
  rounds: ROUNDS,
  rows: [
    {
      name: 'push of 100k series, wall, against prom-client',
      unit: 'ms',
      compare: 'faster',
      us: 'us.wallMs',
      peer: 'promClient.wallMs',
      least: 1.2,
      aim: 1.45,
    },
    {
      name: 'the same against the floor (this body ready, node:http)',
      unit: 'ms',
      compare: 'times',
      us: 'us.wallMs',
      peer: 'floor.wallMs',
      least: 1.2,
      aim: 1.05,
    },
    {
      name: 'longest event-loop block of that push',
      unit: 'ms',
      compare: 'alone',
      us: 'us.blockMs',
      least: 20,
      aim: 5,
    },
    {
      name: 'the same against prom-client',
      unit: 'ms',
      compare: 'faster',
      us: 'us.blockMs',
      peer: 'promClient.blockMs',
      least: 20,
      aim: 20,
    },
    {
      name: 'CPU of Node for that push, against prom-client',
      unit: 'ms',
      compare: 'faster',
      us: 'us.cpuMs',
      peer: 'promClient.cpuMs',
      least: 4,
      aim: 8,
    },
    {
      name: 'the same, mean of five more in a row, garbage collected',
      unit: 'ms',
      compare: 'faster',
      us: 'us.onEndCpuMs',
      peer: 'promClient.onEndCpuMs',
    },
  ],
  start: async () => {
    const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
    await measureIn('fill', redis.address, SERIES, FAMILIES);
    return {
      contestants: {
        us: () => measureIn('push-ours', redis.address, gateway.address, WARM_UPS, SERIES, MORE),
        promClient: () => measureIn('push-prom-client', gateway.address, WARM_UPS, SERIES, FAMILIES, MORE),
        floor: () => measureIn('push-floor', gateway.address, WARM_UPS, SERIES, FAMILIES, MORE, redis.address),
      },
      stop: async () => {
        await Promise.all([redis.stop(), gateway.stop()]);
      },
    };
  },
};
