import { Redis } from 'ioredis';
import { startRedis } from '../../test/support/servers.js';
import { onItsOwnCore } from '../harness/own-core.js';
import { measureIn } from '../harness/processes.js';
import type { Group, Row } from '../harness/row.js';
import { median } from '../harness/statistics.js';
import { longestCommandMs, watchCommands } from '../processes/redis-figures.js';

/** What is done, and how it stands in the table. */
const SCENARIOS: Readonly<Record<string, string>> = {
  restore: 'restoring 100k series',
  reset: 'reset() and 100k set()',
  clear: 'clear() of 1,000 families',
  remove: 'removing a group of 1,000 families',
  read: 'reading 1,000 families',
  begin: 'a first push of 1,000 families, with start times',
  beginSeries: 'a first push of 100k series, with start times',
  buckets: 'a histogram of 20,000 buckets',
  crafted: 'labels chosen to share a hash',
};
/** Buckets are chosen at random: no run does the same. What is long by itself is so in each. */
const RUNS = 3;

/** Each counts 10,000 times a second on the same 1,000 series, and flushes four times a second. */
const WRITERS = 16;
const WRITER = [1_000, 10_000, 5, 250] as const;
/** What is longest there is so by chance: which writers come together. */
const WRITER_RUNS = 5;

const rowOf = ([scenario, what]: [string, string]): Row => ({
  name: `longest Redis command of ${what}`,
  unit: 'ms',
  compare: 'alone',
  us: `redis.${scenario}`,
  least: 5,
  aim: 1,
});

/** How long one call of Redis is at the worst, whatever users and those who choose label values do. */
export const bounded: Group = {
  name: 'bounded',
  rounds: 1,
  rows: [...Object.entries(SCENARIOS).map(rowOf), { ...rowOf(['writers', `${WRITERS} writers`]), aim: 2 }],
  start: () =>
    Promise.resolve({
      contestants: {
        redis: async () => {
          const figures: Record<string, number> = {};
          for (const scenario of Object.keys(SCENARIOS)) figures[scenario] = await shortestOf(scenario);
          return { ...figures, writers: await longestOfWriters() };
        },
      },
      stop: () => Promise.resolve(),
    }),
};

async function shortestOf(scenario: string): Promise<number> {
  let shortest = Infinity;
  for (let run = 1; run <= RUNS; run += 1) {
    shortest = Math.min(shortest, await longest((redis) => measureIn('worst-calls', redis, scenario)));
  }
  return shortest;
}

async function longestOfWriters(): Promise<number> {
  const runs: number[] = [];
  for (let run = 1; run <= WRITER_RUNS; run += 1) {
    runs.push(
      await longest((redis) =>
        Promise.all(Array.from({ length: WRITERS }, () => measureIn('write', redis, ...WRITER))),
      ),
    );
  }
  return median(runs);
}

/** With Redis on a core of its own. */
async function longest(act: (redis: string) => Promise<unknown>): Promise<number> {
  const redis = await startRedis();
  const client = new Redis(`redis://${redis.address}`);
  try {
    await watchCommands(client);
    await onItsOwnCore(redis.pid, [], () => act(redis.address));
    return await longestCommandMs(client);
  } finally {
    client.disconnect();
    await redis.stop();
  }
}
