import { startPushgateway, startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Group, Row } from '../harness/row.js';

const SERIES = 100_000;
const FAMILIES = 10;
/** Families of one series. */
const SMALL = 100;
const WARM_UPS = 2;
const MORE = 5;
const ROUNDS = 9;
/** Of small pushes more: each takes a hundredth of the time. */
const MORE_SMALL = 50;

const against = (us: string, what: string, aim: number): Row[] => [
  {
    name: `push of 100k counters as protobuf, ${what}, wall, against text`,
    unit: 'ms',
    compare: 'faster',
    us: `${us}.wallMs`,
    peer: 'text.wallMs',
    least: 1,
    aim,
  },
  {
    name: 'CPU of Node for the same, mean of five in a row',
    unit: 'ms',
    compare: 'times',
    us: `${us}.onEndCpuMs`,
    peer: 'text.onEndCpuMs',
    least: 1.3,
    aim: 1,
  },
];

/** The same push from Redis to the same real gateway, in each format. */
export const formats: Group = {
  name: 'formats',
  rounds: ROUNDS,
  rows: [
    ...against('protobuf', 'without start times', 1.2),
    ...against('starts', 'with start times', 1.05),
    {
      name: 'longest event-loop block of the same',
      unit: 'ms',
      compare: 'alone',
      us: 'starts.blockMs',
      least: 20,
      aim: 5,
    },
    {
      name: 'CPU of Node for a push of 100 families of one series as protobuf with start times, mean of 50 in a row, against text',
      unit: 'ms',
      compare: 'times',
      us: 'smallStarts.onEndCpuMs',
      peer: 'smallText.onEndCpuMs',
      least: 1.2,
      aim: 1,
    },
  ],
  start: async () => {
    const [redis, small, gateway] = await Promise.all([startRedis(), startRedis(), startPushgateway()]);
    await measureIn('fill', redis.address, SERIES, FAMILIES);
    await measureIn('fill', small.address, SMALL, SMALL);
    const push =
      (format: 'protobuf' | 'text', startTimes = false) =>
      () =>
        measureIn('push-ours', redis.address, gateway.address, WARM_UPS, SERIES, MORE, format, String(startTimes));
    const pushSmall =
      (format: 'protobuf' | 'text', startTimes = false) =>
      () =>
        measureIn('push-ours', small.address, gateway.address, WARM_UPS, SMALL, MORE_SMALL, format, String(startTimes));
    return {
      contestants: {
        protobuf: push('protobuf'),
        starts: push('protobuf', true),
        text: push('text'),
        smallStarts: pushSmall('protobuf', true),
        smallText: pushSmall('text'),
      },
      stop: async () => {
        await Promise.all([redis, small, gateway].map((server) => server.stop()));
      },
    };
  },
};
