import { FaultProxy, FAULTS, type RunningServer, startRedis } from '../support/servers.js';
import { addTallies } from '../support/writer-messages.js';
import { sum, withoutMade, Writers } from './writers.js';

const INCREMENTS = 1_000_000;
/** Another one: `FAULT_SEED=7 npx jest ...`. */
const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_122);

let redis: RunningServer;
let proxy: FaultProxy;
let writers: Writers;

beforeEach(async () => {
  redis = await startRedis();
  proxy = await FaultProxy.start(redis.port, { delayMs: 30 });
  writers = new Writers();
});
afterEach(async () => {
  await writers.kill();
  proxy.close();
  await redis.stop();
});

describe(`${INCREMENTS} increments through random faults`, () => {
  it.each([1, 4])(`of %i processes arrive, each once (seed ${SEED})`, async (count) => {
    // A silent connection is given up after 5 s by default: shorter, there is time for more of them.
    const connection = { host: '127.0.0.1', port: proxy.port, socketTimeout: 250, connectTimeout: 250 };
    const plan = { increments: INCREMENTS / count, burst: count === 1 ? 500 : 250, pauseMs: 6 };
    const start = () => writers.start(connection, plan, { flushIntervalMs: 5 });
    const all = await Promise.all(Array.from({ length: count }, start));
    // Each at least once, whatever the seed says.
    proxy.inject(...FAULTS);
    proxy.storm({ seed: SEED, rate: 0.1 });
    await Promise.all(all.map((writer) => writer.next('made all')));
    proxy.calm();
    proxy.breakAll();
    const tallies = (await Promise.all(all.map((writer) => writer.finish()))).map(({ tally }) => tally);
    const counted = addTallies(tallies);
    const faults = JSON.stringify(proxy.done);
    expect({ faults, ...(await writers.stored(redis.address)) }).toEqual({ faults, ...withoutMade(counted) });
    expect(counted.made).toBe(INCREMENTS);
    expect(sum(counted.events) + sum(counted.sizes) + counted.spans).toBe(INCREMENTS * 0.8);
    for (const fault of FAULTS) expect(proxy.done[fault]).toBeGreaterThan(0);
    expect(proxy.faults).toBeGreaterThan(15);
    console.log(`${count} writers, seed ${SEED}: ${proxy.faults} faults, ${faults}`);
  });
});
