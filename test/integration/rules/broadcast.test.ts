import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  PrometheusClient,
  type PrometheusPushgatewayModuleOptions,
  PushgatewayClient,
} from 'nestjs-prometheus-pushgateway';
import { backwardSteps, rawSamples } from '../../support/raw-samples.js';
import { freePort, type RunningServer, startPrometheus, startPushgateway, startRedis } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { type App, startApp } from '../app.js';
import { generated, valuesIn, valuesOf } from './support.js';

jest.setTimeout(120_000);

const GROUP = { job: 'shop', instance: 'test' };
const SHOP = 'job="shop",instance="test"';
/** What users query: not the copies, not what a replica knows of another, not what gateways add. */
const OWN_NAMES = `{${SHOP},__name__!~"gateway:.+|federated:.+|push_.+"}`;
/** So many scrapes of a gateway are enough for the rules to have been evaluated with it. */
const SCRAPES = 10;

const servers: RunningServer[] = [];
async function keep(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

let folder: string;
let gateways: [RunningServer, RunningServer, RunningServer];
let replicas: [RunningServer, RunningServer];
let counting: App | undefined;
let now: () => Promise<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const redis = await keep(startRedis());
  gateways = [await startGateway(), await keep(startPushgateway()), await keep(startPushgateway())];
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { instance: 'test', jobs: ['shop'] },
    pushgateway: { host: gateways.map(({ address }) => address), redis: redis.address, flushIntervalMs: 20 },
    autoPush: false,
  };
  counting = await startApp(options);
  const { metrics } = counting;
  now = () => metrics.text();
  happen(1000, 9);
  await metrics.flush();

  const ports = [await freePort(), await freePort()];
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const flags = ['--strategy', 'broadcast', '--scrape-interval', '0.2', '--prometheus', ...addresses];
  const { 'rules.yml': rules = '', ...configs } = await generated(options, flags);
  const [one, two] = await Promise.all(
    ports.map((port, at) =>
      keep(
        startPrometheus({ config: configs[`prometheus-${at + 1}.yml`] as string, files: { 'rules.yml': rules }, port }),
      ),
    ),
  );
  replicas = [one as RunningServer, two as RunningServer];
});
afterAll(async () => {
  await counting?.close();
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true });
});

/** The first gateway keeps its values in a file when it is told to end. */
function startGateway(port?: number): Promise<RunningServer> {
  return keep(startPushgateway({ args: [`--persistence.file=${join(folder, 'values')}`], ...(port && { port }) }));
}

function happen(orders: number, depth: number): void {
  const { metrics } = counting as App;
  metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] }).inc({ type: 'book' }, orders);
  metrics.gauge({ name: 'depth', help: 'Depth', labelNames: ['queue'] }).set({ queue: 'mail' }, depth);
  // Prometheus 3 stores le="1.0" for le="1".
  const seconds = metrics.histogram({ name: 'seconds', help: 'Seconds', buckets: [0.1, 1.5] });
  const size = metrics.summary({ name: 'size', help: 'Size', quantiles: [0.5, 0.9] });
  for (const observer of [seconds, size]) for (const value of [depth / 10, 2, depth]) observer.observe(value);
}

async function push(text: string, ...to: RunningServer[]): Promise<void> {
  for (const { address } of to) await new PushgatewayClient({ host: address }).push(GROUP, text);
}

/** Both Prometheus show under their own names what the text says, and nothing else, and no counter has ever gone back. */
async function shows(text: string): Promise<void> {
  for (const replica of replicas) {
    const client = new PrometheusClient({ host: replica.address });
    const isShown = async (): Promise<true> => {
      expect(await valuesOf(client, OWN_NAMES)).toEqual(valuesIn(text, GROUP));
      return true;
    };
    await waitFor(isShown, { message: 'the values of the text' });
    const recorded = [
      `orders_total{${SHOP}}`,
      `seconds_count{${SHOP}}`,
      `size_sum{${SHOP}}`,
      `push_time_seconds{${SHOP}}`,
    ];
    for (const series of recorded) {
      expect(await valuesOf(client, `count(${series})`)).toEqual({ '[]': 1 });
      expect({ series, back: backwardSteps(await rawSamples(replica, series)) }).toEqual({ series, back: 0 });
    }
  }
}

/** Both Prometheus have scraped a gateway that answers several times since it had this many orders. */
async function isScraped({ address }: RunningServer, orders: number): Promise<void> {
  const copy = `gateway:orders_total{gateway="${address}"}`;
  for (const replica of replicas) {
    const isLatest = async (): Promise<boolean> => {
      const latest = (await rawSamples(replica, copy)).slice(-SCRAPES);
      return latest.length === SCRAPES && latest.every((value) => value === orders);
    };
    await waitFor(isLatest, { message: `${address} to be scraped with ${orders} orders` });
  }
}

it('broadcast: each series is there once, under its own name, whatever becomes of a gateway', async () => {
  const [first, second, third] = gateways;
  const old = await now();
  expect(Object.keys(valuesIn(old, GROUP))).toHaveLength(1 + 1 + 5 + 4);
  await push(old, ...gateways);
  await shows(old);

  happen(10, 2);
  await push(await now(), ...gateways);
  await shows(await now());

  // Away while others get a push, then back with what it had on disk: 1010 orders.
  first.kill('SIGTERM');
  await first.exited;
  happen(10, 4);
  await push(await now(), second, third);
  await shows(await now());
  gateways[0] = await startGateway(first.port);
  await isScraped(gateways[0], 1010);
  await shows(await now());

  // Killed, back empty, and given old values by somebody else before the next push, which it does not get.
  second.kill('SIGKILL');
  await second.exited;
  gateways[1] = await keep(startPushgateway({ port: second.port }));
  await push(old, gateways[1]);
  happen(10, 3);
  await push(await now(), gateways[0], third);
  await isScraped(gateways[1], 1000);
  await shows(await now());

  // Frozen while others get a push.
  third.kill('SIGSTOP');
  happen(10, 1);
  await push(await now(), gateways[0], gateways[1]);
  await shows(await now());
  third.kill('SIGCONT');
  await isScraped(third, 1030);
  await shows(await now());
});

it('broadcast: replicas know from each other what they recorded, and no copies', async () => {
  const text = await now();
  const values = Object.values(valuesIn(text, GROUP)).sort();
  for (const [at, replica] of replicas.entries()) {
    const client = new PrometheusClient({ host: replica.address });
    const from = (replicas[1 - at] as RunningServer).address;
    const isFederated = async (): Promise<true> => {
      const copies = await client.query(`{__name__=~"federated:.+",__name__!~"federated:push_.+"}`);
      expect(copies.map(({ value }) => value).sort()).toEqual(values);
      expect(new Set(copies.map(({ metric }) => metric['prometheus_replica']))).toEqual(new Set([from]));
      return true;
    };
    await waitFor(isFederated, { message: 'the copies of the other' });
    expect(await client.query('{__name__=~"federated:(federated|gateway):.+"}')).toEqual([]);
    // What a gateway measures of itself keeps its name.
    expect(await valuesOf(client, 'count(pushgateway_build_info{job="pushgateway"})')).toEqual({ '[]': 3 });
  }
});
