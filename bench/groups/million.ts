import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type RunningServer, startPushgateway, startRedis } from '../../test/support/servers.js';
import { onItsOwnCore } from '../harness/own-core.js';
import { measureIn } from '../harness/processes.js';
import type { Group } from '../harness/row.js';
import {
  commandTimes,
  type CommandTimes,
  longestByClock,
  longestOf,
  watchCommands,
} from '../processes/redis-figures.js';

const SERIES = 1_000_000;
const FAMILIES = 10;
/** A million take the gateway most of 10 seconds. */
const ROUNDS = 3;
/** How often all is done to tell a command that takes long from one that had to wait. */
const WATCHED_ROUNDS = 2;

/** What must stay bounded however large a group is, seen at a million series; as protobuf with start times, which is the default. */
export const million: Group = {
  name: 'million',
  rounds: ROUNDS,
  rows: [
    {
      name: 'longest Redis command of a push, 1M series',
      unit: 'ms',
      compare: 'alone',
      us: 'redis.readMs',
      least: 5,
      aim: 1,
    },
    {
      name: 'longest Redis command of a flush, 1M series',
      unit: 'ms',
      compare: 'alone',
      us: 'redis.flushMs',
      least: 5,
      aim: 1,
    },
    { name: 'the two, whatever else the machine did: push', unit: 'ms', compare: 'alone', us: 'redis.readByClockMs' },
    { name: 'the two, whatever else the machine did: flush', unit: 'ms', compare: 'alone', us: 'redis.flushByClockMs' },
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
    const gateway = await startPushgateway();
    const flushes: CommandTimes[] = [];
    const folders = await Promise.all(Array.from({ length: WATCHED_ROUNDS }, () => mkdtemp(join(tmpdir(), 'bench-'))));
    await fillWithFamilies(folders);
    const fill = (redis: RunningServer) => () => measureIn('fill', redis.address, SERIES, FAMILIES);
    const [first = '', ...others] = folders;
    let redis = await startRedis({ dir: first });
    flushes.push(await watched(redis, [gateway.pid], fill(redis)));
    for (const dir of others) {
      await redis.stop();
      redis = await startRedis({ dir });
      flushes.push(await watched(redis, [gateway.pid], fill(redis)));
    }
    const push = () => measureIn('push-ours', redis.address, gateway.address, 0, SERIES);
    // Notes when each of the million began, and so reads less at a time.
    const beginning = await watched(redis, [gateway.pid], push);
    const pushes: CommandTimes[] = [];
    for (let round = 1; round <= WATCHED_ROUNDS; round += 1) pushes.push(await watched(redis, [gateway.pid], push));
    return {
      contestants: {
        redis: () =>
          Promise.resolve({
            flushMs: longestOf(flushes),
            flushByClockMs: longestByClock(flushes),
            readMs: longestOf(pushes),
            readByClockMs: longestByClock([beginning, ...pushes]),
          }),
        push,
        floor: () => measureIn('push-floor', gateway.address, 0, SERIES, FAMILIES, 0, redis.address),
      },
      stop: async () => {
        await Promise.all([redis.stop(), gateway.stop()]);
        await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
      },
    };
  },
};

/** More than a family has on a shelf: with its buckets it gets the seed by which series are spread over them. */
const FIRST_SERIES = 1_000;

/**
 * Leaves in each folder what a Redis starts from: the families with some series each, so that all runs spread series over the same
 * buckets. How is up to chance when a family gets them.
 */
async function fillWithFamilies([first = '', ...others]: readonly string[]): Promise<void> {
  const redis = await startRedis({ dir: first });
  await measureIn('fill', redis.address, FAMILIES * FIRST_SERIES, FAMILIES);
  const client = new Redis(`redis://${redis.address}`);
  await client.save();
  client.disconnect();
  await redis.stop();
  await Promise.all(others.map((folder) => copyFile(join(first, 'dump.rdb'), join(folder, 'dump.rdb'))));
}

/** How long the commands took Redis, which has a processor to itself meanwhile. */
async function watched(
  { address, pid }: RunningServer,
  others: readonly number[],
  act: () => Promise<unknown>,
): Promise<CommandTimes> {
  const client = new Redis(`redis://${address}`);
  try {
    await watchCommands(client);
    await onItsOwnCore(pid, others, act);
    return await commandTimes(client);
  } finally {
    client.disconnect();
  }
}
