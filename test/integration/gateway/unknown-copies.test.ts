import { Redis } from 'ioredis';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../../support/servers.js';
import { scrapeConfig } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';
import { type App, startApp } from '../app.js';
import { groupsOf } from './support.js';

const JOBS = ['one', 'two', 'three', 'four', 'five', 'six'];
const COUNTED = 1_000;

let redis: RunningServer;
let gateways: [RunningServer, RunningServer];
let prometheus: RunningServer;
let app: App | undefined;

beforeEach(async () => {
  redis = await startRedis();
  gateways = [await startPushgateway(), await startPushgateway()];
  prometheus = await startPrometheus({ config: scrapeConfig(gateways.map(({ address }) => address)) });
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await Promise.all([redis, prometheus, ...gateways].map((server) => server.stop()));
});

function optionsOf(host: string | string[]): PrometheusPushgatewayModuleOptions {
  return {
    prometheus: { host: prometheus.address, instance: 'test', jobs: JOBS },
    pushgateway: { host, redis: redis.address, flushIntervalMs: 20 },
    autoPush: false,
  };
}

/** The application, deployed anew with other gateways. */
async function deploy(host: string | string[]): Promise<App> {
  await app?.close();
  return (app = await startApp(optionsOf(host)));
}

async function pushAll({ metrics }: App): Promise<void> {
  // A counter with prefetch waits for what Prometheus had.
  const isWhole = async (job: string): Promise<boolean> => {
    const { outcome, reason } = await metrics.push(job);
    return outcome === 'pushed' && reason === undefined;
  };
  await Promise.all(JOBS.map((job) => waitFor(() => isWhole(job), { message: `a push of ${job}` })));
}

function count({ metrics }: App, by: number): void {
  metrics.counter({ name: 'orders_total', help: 'Orders', jobs: JOBS, prefetch: true }).inc(by);
}

/** How often each job is on a gateway. */
async function placesOf(server: RunningServer): Promise<string[]> {
  return (await groupsOf(server)).map(({ job = '' }) => job).filter((job) => JOBS.includes(job));
}

async function eachIsOnOne(): Promise<void> {
  await waitFor(
    async () => {
      const places = (await Promise.all(gateways.map(placesOf))).flat().sort();
      return JSON.stringify(places) === JSON.stringify([...JOBS].sort());
    },
    { message: 'each group to be on one gateway' },
  );
}

/** The value of a query that gives one number; 0 if it gives none. */
async function query(promql: string): Promise<number> {
  const response = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}

async function isScraped(value: number): Promise<void> {
  await waitFor(async () => (await query(`count(orders_total == ${value})`)) === JOBS.length, {
    message: `Prometheus to have ${value} of every job`,
  });
}

const resets = (): Promise<number> => query('sum(resets(orders_total[2m]))');

/** Counts one more, pushes, and sees that it arrives, once and alone. */
async function goOn(deployed: App, value: number): Promise<void> {
  count(deployed, 1);
  await pushAll(deployed);
  await eachIsOnOne();
  await isScraped(value);
  count(deployed, 1);
  await pushAll(deployed);
  await isScraped(value + 1);
}

async function begin(host: string | string[]): Promise<App> {
  const first = await deploy(host);
  count(first, COUNTED);
  await pushAll(first);
  await isScraped(COUNTED);
  return first;
}

const addresses = (): [string, string] => [gateways[0].address, gateways[1].address];

it('a second gateway is added to the list: every group stays where it was', async () => {
  const [one, two] = addresses();
  await begin(one);
  await goOn(await deploy([one, two]), COUNTED + 1);
  expect((await placesOf(gateways[0])).length).toBe(6);
  expect(await resets()).toBe(0);
});

it('the address changes, and both gateways are scraped: every group leaves the first', async () => {
  const [one, two] = addresses();
  await begin(one);
  await goOn(await deploy(two), COUNTED + 1);
  expect((await placesOf(gateways[1])).length).toBe(6);
  expect(await resets()).toBe(0);
});

it('groups have moved, then Redis is emptied: none stays on two gateways', async () => {
  const [one, two] = addresses();
  const first = await begin([one, two]);
  // A process of another time has chosen otherwise: each group is on the gateway that it does not prefer.
  for (const job of JOBS) {
    const { gateway } = await first.metrics.push(job);
    const other = gateways.find(({ url }) => url !== gateway) as RunningServer;
    await fetch(`${other.url}/metrics/job/${job}/instance/test`, {
      method: 'PUT',
      body: `# TYPE orders_total counter\norders_total ${COUNTED}\n`,
    });
    await fetch(`${gateway}/metrics/job/${job}/instance/test`, { method: 'DELETE' });
  }
  await eachIsOnOne();
  await app?.close();
  app = undefined;
  const client = new Redis({ port: redis.port });
  await client.del(await client.keys('*'));
  client.disconnect();
  await goOn(await deploy([one, two]), COUNTED + 1);
  expect(await resets()).toBe(0);
});
