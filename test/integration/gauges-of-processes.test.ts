import type { AutoPushOptions, PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { GaugeProcess } from '../support/start-gauge.js';
import { waitFor } from '../support/wait-for.js';

/** What the documentation promises is a minute. */
const WITHIN_MS = 45_000;

let redis: RunningServer;
let gateway: RunningServer;
let job: string;
let started: GaugeProcess[];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterAll(() => Promise.all([redis.stop(), gateway.stop()]));

let tests = 0;
beforeEach(() => {
  job = `gauges-${(tests += 1)}`;
  started = [];
});
afterEach(() => Promise.all(started.map((process) => process.kill())));

async function start(name: string, autoPush: AutoPushOptions = false): Promise<GaugeProcess> {
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { jobs: [job] },
    pushgateway: { host: gateway.address, redis: redis.address, flushIntervalMs: 20 },
    autoPush,
    pushOnShutdown: true,
  };
  const process = await GaugeProcess.start(options, name);
  started.push(process);
  return process;
}

/** What the gateway shows of the job. */
async function shown(): Promise<Record<string, number>> {
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  const lines = page.split('\n').filter((line) => line.includes(`job="${job}"`) && !line.startsWith('push_'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', by, value = ''] = /^(\w+)\{(?:by="(\w+)",)?.*\} (\S+)$/.exec(line) ?? [];
      return [by === undefined ? name : `${name} by ${by}`, Number(value)];
    }),
  );
}

it('a killed process (-9) drops out while only another one pushes; one that ends takes its values along at once', async () => {
  const [one, two, three] = await Promise.all([start('one'), start('two'), start('three')]);
  await Promise.all([one.set(1), two.set(20), three.set(300)]);
  expect(await one.push()).toMatchObject({ outcome: 'pushed' });
  expect(await shown()).toMatchObject({ open: 321 });
  await three.close();
  expect(await shown()).toMatchObject({ open: 21 });

  await two.kill();
  const killed = performance.now();
  expect(await one.push()).toMatchObject({ outcome: 'pushed' });
  // Nobody can know yet.
  expect(await shown()).toMatchObject({ open: 21 });
  await waitFor(async () => (await one.push(), (await shown())['open'] === 1), {
    timeoutMs: WITHIN_MS,
    intervalMs: 250,
    message: 'the killed process to drop out',
  });
  console.log(`killed (-9): dropped out after ${Math.round((performance.now() - killed) / 1_000)} s`);
  expect(await one.text()).toContain('\nopen 1\n');

  const again = await start('again');
  await again.set(5);
  expect(await again.push()).toMatchObject({ outcome: 'pushed' });
  expect(await shown()).toMatchObject({ open: 6 });
}, 180_000);

it('of replicas one collects at a tick what all would see alike; what each collects is added up', async () => {
  const everyMs = 1_000;
  await Promise.all([start('one', { everyMs }), start('two', { everyMs })]);
  const total = (page: Record<string, number>): number =>
    (page['collected_total by one'] ?? 0) + (page['collected_total by two'] ?? 0);
  const before = await waitFor(
    async () => {
      const page = await shown();
      return page['workers'] === 2 && page['depth'] === 12 ? page : undefined;
    },
    { message: 'both to be counted' },
  );
  const begun = performance.now();
  const after = await waitFor(
    async () => {
      const page = await shown();
      return total(page) >= total(before) + 4 ? page : undefined;
    },
    { message: 'four more ticks' },
  );
  // Were each to collect, there would be twice as many.
  const ticks = (performance.now() - begun) / everyMs;
  expect(total(after) - total(before)).toBeLessThanOrEqual(Math.ceil(ticks) + 1);
  expect(after).toMatchObject({ workers: 2, depth: 12 });
});

it('a push that is asked for collects in the process that is asked', async () => {
  const [one, two] = await Promise.all([start('one'), start('two')]);
  expect(await one.push()).toMatchObject({ outcome: 'pushed' });
  expect(await shown()).toMatchObject({ 'collected_total by one': 1, depth: 12, workers: 1 });
  expect(await two.push()).toMatchObject({ outcome: 'pushed' });
  const both = { 'collected_total by one': 1, 'collected_total by two': 1, depth: 12, workers: 2 };
  expect(await shown()).toMatchObject(both);
});
