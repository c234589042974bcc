import fc from 'fast-check';
import { RedisStore } from '../../../lib/store/redis/redis.store.js';
import { type RunningServer, startRedis } from '../../support/servers.js';
import { failureOf, searches } from '../search.js';
import { plans } from './plans.js';
import { run } from './run.js';

let server: RunningServer;
let store: RedisStore;

beforeAll(async () => {
  server = await startRedis();
  store = new RedisStore(server.address, 'search');
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

/** The server is shared by all searches. */
let runs = 0;

it.each(searches(40))('Redis loses and doubles nothing either; --seed $seed', async (search) => {
  const failure = await failureOf(search, [fc.scheduler(), plans], async (scheduler, plan) => {
    // Emptied means from then on a group that was never there.
    const job = `job-${++runs}`;
    let emptied = 0;
    const group = () => ({ job, instance: String(emptied), labels: {} });
    await run(scheduler, plan, group(), {
      store: {
        apply: (_, batch) => store.series.apply(group(), batch),
        number: (_, writer, last) => store.series.number(group(), writer, last),
        read: (_, definition) => store.series.read(group(), definition),
      },
      empty: () => {
        emptied += 1;
        return Promise.resolve();
      },
    });
  });
  expect(failure).toBeUndefined();
});
