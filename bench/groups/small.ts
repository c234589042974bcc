import { startPushgateway, startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Contestant, Group, Row } from '../harness/row.js';

const PUSHES = 20;
/** Fewer than others have: each figure is the mean of that many pushes, a second apart. */
const ROUNDS = 3;
/** Families of one series, and how many of them are counted between two pushes. */
const CASES = [
  { id: 'idle', families: 100, counted: 0, what: 'a push of 100 families of one series, nothing counted' },
  { id: 'busy', families: 100, counted: 10, what: 'a push of 100 families of one series, 10 counted' },
  { id: 'one', families: 1, counted: 0, what: 'a push of 1 family of one series, nothing counted' },
] as const;
const COMMANDS = { idle: { least: 40, aim: 15 }, busy: { least: 60, aim: 30 }, one: {} };

/** What most applications push: few series in many families, one push per second, to one real gateway. */
export const small: Group = {
  name: 'small',
  rounds: ROUNDS,
  rows: CASES.flatMap(({ id, what }): Row[] => [
    {
      name: `CPU of Node for ${what}, against prom-client`,
      unit: 'ms',
      compare: 'times',
      us: `${id}.cpuMs`,
      peer: `${id}PromClient.cpuMs`,
      least: 1.5,
      aim: 1,
    },
    {
      name: `Redis commands of ${what}, inner ones of scripts included`,
      unit: 'commands',
      compare: 'alone',
      us: `${id}.commands`,
      ...COMMANDS[id],
    },
  ]),
  start: async () => {
    const gateway = await startPushgateway();
    const servers = await Promise.all(CASES.map(() => startRedis()));
    const contestants = CASES.flatMap(({ id, families, counted }, at): [string, Contestant][] => {
      // One each: all families that Redis has are pushed.
      const redis = servers[at]?.address ?? '';
      return [
        [id, () => measureIn('push-small-ours', redis, gateway.address, families, counted, PUSHES)],
        [`${id}PromClient`, () => measureIn('push-small-prom-client', gateway.address, families, counted, PUSHES)],
      ];
    });
    return {
      contestants: Object.fromEntries(contestants),
      stop: async () => {
        await Promise.all([gateway, ...servers].map((server) => server.stop()));
      },
    };
  },
};
