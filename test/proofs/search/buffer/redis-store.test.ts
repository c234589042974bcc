import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { Group } from '../../../../lib/model/index.js';
import type { SeriesStore } from '../../../../lib/store/index.js';
import { groupKeys } from '../../../../lib/store/redis/connection/keys.js';
import { RedisStore } from '../../../../lib/store/redis/redis.store.js';
import { failingRedis } from '../../../support/failing-redis.js';
import { type RunningServer, startRedis } from '../../../support/servers.js';
import { failureOf, searches } from '../search.js';
import { plans } from './plans.js';
import { type FragileStore, run } from './run.js';

const PREFIX = 'search';

let server: RunningServer;
let client: Redis;
let series: SeriesStore;
const failing = new Map<number, SeriesStore>();

beforeAll(async () => {
  server = await startRedis();
  client = new Redis({ port: server.port });
  ({ series } = new RedisStore(client, PREFIX));
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

function seriesFailingAt(at: number | undefined): SeriesStore {
  if (at === undefined) return series;
  const known = failing.get(at) ?? new RedisStore(failingRedis(client, at), PREFIX).series;
  failing.set(at, known);
  return known;
}

const ALL_KEYS = "local keys = redis.call('KEYS', ARGV[1] .. '*') ";
const SAVE = `${ALL_KEYS} local all = {}
for at, key in ipairs(keys) do all[2 * at - 1], all[2 * at] = key, redis.call('DUMP', key) end return all`;
const REPLACE = `${ALL_KEYS} for _, key in ipairs(keys) do redis.call('DEL', key) end
for at = 2, #ARGV, 2 do redis.call('RESTORE', ARGV[at], 0, ARGV[at + 1]) end`;

/** What the keys of a group hold. */
async function dump(group: Group): Promise<Buffer[]> {
  const [, base] = groupKeys(PREFIX, group);
  return (await client.callBuffer('EVAL', SAVE, 0, base)) as Buffer[];
}

async function replace(group: Group, values: readonly Buffer[]): Promise<void> {
  const [, base] = groupKeys(PREFIX, group);
  await client.eval(REPLACE, 0, base, ...values);
}

function redis(group: Group): FragileStore {
  return {
    store: {
      apply: (to, batch, failsAt) => seriesFailingAt(failsAt).apply(to, batch),
      number: (of, writer, last, failsAt) => seriesFailingAt(failsAt).number(of, writer, last),
      read: (of, definition) => series.read(of, definition),
    },
    empty: () => replace(group, []),
    save: async () => {
      const saved = await dump(group);
      return () => replace(group, saved);
    },
  };
}

/** The server is shared by all runs, and a run that failed leaves requests on their way. */
let runs = 0;

it.each(searches(40))('Redis loses and doubles nothing either; --seed $seed', async (search) => {
  const failure = await failureOf(search, [fc.scheduler(), plans], async (scheduler, plan) => {
    const group = { job: `job-${++runs}`, instance: 'one', labels: {} };
    await run(scheduler, plan, group, redis(group));
    await replace(group, []);
  });
  expect(failure).toBeUndefined();
});
