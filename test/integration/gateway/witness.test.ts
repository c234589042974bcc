import { Logger } from '@nestjs/common';
import { gatewayDirectory, prometheusWitness, StickyGateways, verdictOf } from '../../../lib/gateway/pools.js';
import { preferenceOf } from '../../../lib/gateway/sticky/rendezvous.js';
import type { Group } from '../../../lib/model/index.js';
import { resolveOptions } from '../../../lib/options/index.js';
import { PrometheusClient } from '../../../lib/prometheus/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { type RunningServer, startPrometheus, startPushgateway } from '../../support/servers.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import { failureOf, samplesOf } from './support.js';

// A gateway that pushers are refused by: whether it is gone, Prometheus knows. Targets have names of their own.
jest.setTimeout(90_000);

const group: Group = { job: 'shop', instance: 'localhost', labels: {} };
const AN_HOUR_MS = 3_600_000;
const orders = (value: number): string => `# TYPE orders_total counter\norders_total ${value}\n`;

interface Behind {
  readonly server: RunningServer;
  /** The network between it and pushers. */
  readonly network: TcpProxy;
  /** As pushers know it. */
  readonly address: string;
}

let gateways: Behind[];
let prometheus: RunningServer;
let client: PrometheusClient;
let store: MemoryStore;
let turn: string;
let pool: StickyGateways;

async function gateway(): Promise<Behind> {
  const server = await startPushgateway();
  const network = new TcpProxy(Number(server.address.split(':')[1]));
  return { server, network, address: `http://127.0.0.1:${await network.entrance('pusher')}` };
}

beforeEach(async () => {
  jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  gateways = [await gateway(), await gateway()];
  const targets = gateways.map(
    ({ server }, at) => `{ targets: ['${server.address}'], labels: { instance: 'gateway ${at}', zone: 'a"b' } }`,
  );
  prometheus = await startPrometheus({
    config: () =>
      `scrape_configs: [{ job_name: gateways, honor_labels: true, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [${targets.join(', ')}] }]\n`,
  });
  client = new PrometheusClient({ host: prometheus.address, timeoutMs: 5_000 });
  store = new MemoryStore();
  turn = (await store.turns.take(group, 600_000)).turn as string;
  pool = poolOf(gateways.map(({ address }) => address));
});
afterEach(async () => {
  pool.close();
  await Promise.all([prometheus, ...gateways.map(({ server }) => server)].map((server) => server.stop()));
  for (const { network } of gateways) network.close();
  jest.restoreAllMocks();
});

function poolOf(host: string[]): StickyGateways {
  const options = resolveOptions({ prometheus: { jobs: ['shop'] }, pushgateway: { host, timeoutMs: 10_000 } });
  return new StickyGateways({
    directory: gatewayDirectory(options.gateways),
    ledgers: store.ledgers,
    witness: prometheusWitness(client),
    listener: { moved: () => undefined, delayed: () => undefined },
    failoverAfterMs: 60_000,
    timeoutMs: 10_000,
  });
}

/** The application, deployed anew with other gateways. */
function deploy(...host: string[]): void {
  pool.close();
  pool = poolOf(host);
}

async function emptyStore(): Promise<void> {
  store = new MemoryStore();
  turn = (await store.turns.take(group, 600_000)).turn as string;
  deploy(...gateways.map(({ address }) => address));
}

const push = (value: number): Promise<string> =>
  pool.push({ group, text: orders(value), mode: 'push', turn }).then(({ gateway }) => gateway);
const behind = (address: string): Behind => gateways.find((each) => each.address === address) as Behind;

async function scraped(value: number): Promise<void> {
  await waitFor(async () => (await client.query('orders_total'))[0]?.value === value, { message: `${value}` });
}

it('a group stays where Prometheus still scrapes it, and moves in the push that finds its gateway gone', async () => {
  const holder = behind(await push(1));
  await scraped(1);
  holder.network.refuse();
  const failure = await failureOf(push(2));
  expect(failure.message).toContain('ECONNREFUSED');
  expect(failure.message).toContain('; Prometheus still scrapes it, so new values wait');
  expect((await store.ledgers.read(group)).holder).toBe(holder.address);

  holder.server.kill('SIGKILL');
  const taker = behind(await waitFor(() => push(3), { message: 'the move' }));
  expect(taker).not.toBe(holder);
  expect(await samplesOf(taker.server, 'orders_total')).toEqual(['orders_total{instance="localhost",job="shop"} 3']);
  await scraped(3);
  const [steps] = await client.query('resets(orders_total[10m])');
  expect(steps?.value).toBe(0);
});

it('waits within its time for the scrape that proves a gateway gone', async () => {
  const holder = behind(await push(1));
  await scraped(1);
  holder.server.kill('SIGKILL');
  await holder.server.exited;
  holder.network.refuse();
  expect(await push(2)).not.toBe(holder.address);
});

it('knows the target of a group by the time of its scrapes', async () => {
  const witness = prometheusWitness(client);
  expect(verdictOf(await witness(group), AN_HOUR_MS, 0)).toBe('unknown');
  const holder = behind(await push(1));
  await scraped(1);
  const refusedAt = Date.now();
  const since = (): number => Date.now() - refusedAt;
  await waitFor(async () => verdictOf(await witness(group), AN_HOUR_MS, since()) === 'lives', {
    message: 'a new scrape',
  });
  // A scrape that comes late makes the time to the next one short.
  const sightings = await waitFor(
    async () => {
      const seen = await witness(group);
      return seen.intervalMs > 100 && seen;
    },
    { message: 'scrapes one after the other' },
  );
  expect(sightings.intervalMs).toBeLessThan(30_000);
  expect(sightings.scrapedForMs).toBe(sightings.foundForMs);

  holder.server.kill('SIGKILL');
  await holder.server.exited;
  const goneAt = Date.now();
  await waitFor(async () => verdictOf(await witness(group), AN_HOUR_MS, Date.now() - goneAt) === 'gone', {
    message: 'a failed scrape',
  });
  const { foundForMs = 0, scrapedForMs = 0 } = await witness(group);
  expect(foundForMs).toBeGreaterThan(scrapedForMs);
});

it('a group stays where Prometheus still scrapes it, also when that gateway is not configured any more', async () => {
  const holder = behind(await push(1));
  const other = gateways.find((each) => each !== holder) as Behind;
  await scraped(1);
  holder.network.refuse();
  deploy(other.address);
  const failure = await failureOf(push(2));
  expect(failure.message).toContain('; Prometheus still scrapes it, so new values wait');
  expect(await samplesOf(other.server, 'orders_total')).toEqual([]);

  await holder.network.accept();
  expect(await push(3)).toBe(other.address);
  await scraped(3);
  await waitFor(async () => (await samplesOf(holder.server, 'orders_total')).length === 0, { message: 'its removal' });
  const [steps] = await client.query('max(resets(orders_total[10m]))');
  expect(steps?.value).toBe(0);
});

it('a gateway that has another name by now keeps its groups, though nobody is at the old one', async () => {
  const holder = behind(await push(1));
  await scraped(1);
  holder.network.refuse();
  const others = gateways.filter((each) => each !== holder).map(({ address }) => address);
  deploy(...others, holder.server.url);
  expect(await push(2)).toBe(holder.server.url);
  await scraped(2);
  expect((await client.query('orders_total')).length).toBe(1);
});

it('a gateway that has another name by now keeps its groups, though the old one leads to it still', async () => {
  const [holder, other] = gateways as [Behind, Behind];
  const preferred = ({ job, instance }: Group, addresses: string[]): string | undefined =>
    preferenceOf(JSON.stringify({ job, instance }), addresses)[0];
  // It begins at the one, and of the new names that of the other would be chosen.
  const moving = Array.from({ length: 100 }, (_, at): Group => ({ ...group, job: `shop ${at}` })).find(
    (each) =>
      preferred(each, [holder.address, other.address]) === holder.address &&
      preferred(each, [other.address, holder.server.url]) === other.address,
  ) as Group;
  const { turn: its = '' } = await store.turns.take(moving, 600_000);
  const pushIt = async (value: number): Promise<string> =>
    (await pool.push({ group: moving, text: orders(value), mode: 'push', turn: its })).gateway;
  expect(await pushIt(1)).toBe(holder.address);
  deploy(other.address, holder.server.url);
  expect(await pushIt(2)).toBe(holder.server.url);
  expect(await samplesOf(other.server, 'orders_total')).toEqual([]);
});

it('a group stays where Prometheus still scrapes it, also when the store has been emptied meanwhile', async () => {
  const holder = behind(await push(1));
  const other = gateways.find((each) => each !== holder) as Behind;
  await scraped(1);
  holder.network.refuse();
  await emptyStore();
  const failure = await failureOf(push(2));
  expect(failure.message).toContain('a gateway that does not answer has the group; Prometheus still scrapes it');
  expect(await samplesOf(other.server, 'orders_total')).toEqual([]);

  holder.server.kill('SIGKILL');
  await waitFor(() => push(3), { message: 'the move' });
  expect(await samplesOf(other.server, 'orders_total')).toEqual(['orders_total{instance="localhost",job="shop"} 3']);
  await scraped(3);
  expect((await client.query('max(resets(orders_total[10m]))'))[0]?.value).toBe(0);
});

it('an emptied store finds the gateway that shows a group, whoever cannot be reached', async () => {
  const holder = behind(await push(1));
  const other = gateways.find((each) => each !== holder) as Behind;
  await scraped(1);
  other.network.refuse();
  await emptyStore();
  expect(await push(2)).toBe(holder.address);
});
