import { Logger } from '@nestjs/common';
import { formatMessages } from '../../../lib/exposition/index.js';
import { gatewayDirectory, StickyGateways } from '../../../lib/gateway/pools.js';
import { type Group, type MessagePiece, resolveDefinition } from '../../../lib/model/index.js';
import { resolveOptions } from '../../../lib/options/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { dockerConfig } from '../../support/docker-config.js';
import { freePort, type RunningServer, startHaproxy, startPushgateway } from '../../support/servers.js';
import { sightingsOf } from '../../support/sightings.js';
import { waitFor } from '../../support/wait-for.js';
import { failureOf, freeze, samplesOf } from './support.js';

// One address through docker/haproxy/haproxy.cfg: the ledger knows the gateways by the names HAProxy has for them.
jest.setTimeout(90_000);

const group: Group = { job: 'shop', instance: 'localhost', labels: {} };
const NAMES = ['gateway-1', 'gateway-2', 'gateway-3'] as const;
const orders = (value: number): string => `# TYPE orders_total counter\norders_total ${value}\n`;

const gateways = new Map<string, RunningServer>();
let haproxy: RunningServer;
let ports: { pushes: number; statistics: number; peers: number };
let store: MemoryStore;
let token: string;
let isScraped: boolean | undefined;
let pool: StickyGateways;

async function balance(): Promise<RunningServer> {
  const config = await dockerConfig('haproxy/haproxy.cfg', {
    'bind :9091': `bind 127.0.0.1:${ports.pushes}`,
    'bind :8404': `bind 127.0.0.1:${ports.statistics}`,
    '127.0.0.1:10000': `127.0.0.1:${ports.peers}`,
    ...Object.fromEntries(NAMES.map((name) => [`${name}:9091`, gateways.get(name)?.address ?? ''])),
  });
  return startHaproxy({ config, port: ports.pushes, args: ['-W'] });
}

beforeEach(async () => {
  jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  for (const name of NAMES) gateways.set(name, await startPushgateway());
  ports = { pushes: await freePort(), statistics: await freePort(), peers: await freePort() };
  haproxy = await balance();
  store = new MemoryStore();
  token = (await store.turns.take(group, 600_000)).turn as string;
  isScraped = undefined;
  const options = resolveOptions({
    prometheus: { jobs: ['shop'] },
    pushgateway: { host: haproxy.address, timeoutMs: 3_000 },
  });
  pool = new StickyGateways({
    directory: gatewayDirectory(options.gateways),
    ledgers: store.ledgers,
    witness: () => sightingsOf(isScraped),
    listener: { moved: () => undefined, delayed: () => undefined },
    failoverAfterMs: 2_000,
    timeoutMs: 3_000,
  });
});
afterEach(async () => {
  pool.close();
  await Promise.all([haproxy, ...gateways.values()].map((server) => server.stop()));
  jest.restoreAllMocks();
});

const push = (value: number): Promise<string> =>
  pool.push({ group, text: orders(value), mode: 'push', turn: token }).then(({ gateway }) => nameOf(gateway));
const nameOf = (gateway: string): string => gateway.split('#')[1] ?? gateway;
const serverOf = (name: string): RunningServer => gateways.get(name) as RunningServer;

/** What each gateway shows, by name; those that do not answer are left out. */
async function shown(): Promise<Record<string, string>> {
  const entries = await Promise.all(
    [...gateways].map(async ([name, server]) => {
      const [sample] = await samplesOf(server, 'orders_total').catch(() => []);
      return sample === undefined ? [] : [[name, sample.split(' ').at(-1)]];
    }),
  );
  return Object.fromEntries(entries.flat()) as Record<string, string>;
}

/** Pushes until a gateway takes it: HAProxy notices by its own checks that one is down. */
async function moved(value: number): Promise<string> {
  let taker = '';
  const isTaken = async (): Promise<boolean> => (taker = await push(value).catch(() => '')) !== '';
  await waitFor(isTaken, { message: 'another gateway to take the group', timeoutMs: 40_000 });
  return taker;
}

const onlyOn = (name: string, value: number): Promise<true> =>
  waitFor(async () => JSON.stringify(await shown()) === JSON.stringify({ [name]: String(value) }), {
    message: `${value} to be on ${name} only`,
    timeoutMs: 30_000,
  });

it('a push goes to the holder as protobuf', async () => {
  const protobuf = async function* (): AsyncGenerator<MessagePiece> {
    const definition = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter' });
    const reading = [{ definition, chunk: [{ labels: '', value: 2 }] }];
    for await (const { piece } of formatMessages(only(reading), 0)) yield piece;
  };
  const first = await push(1);
  const { gateway } = await pool.push({ group, text: { text: orders(1), protobuf }, mode: 'push', turn: token });
  expect(nameOf(gateway)).toBe(first);
  expect(await shown()).toEqual({ [first]: '2' });
});

async function* only<T>(item: T): AsyncGenerator<T> {
  yield await Promise.resolve(item);
}

it('keeps a group on one gateway, through a restart of HAProxy too', async () => {
  const holder = await push(1);
  expect(NAMES).toContain(holder);
  expect((await store.ledgers.read(group)).holder).toBe(`http://127.0.0.1:${ports.pushes}#${holder}`);
  await haproxy.stop();
  expect(await failureOf(push(2))).toMatchObject({ cause: { code: 'ERR_HTTP_CONNECTION' } });
  haproxy = await balance();
  expect(await push(3)).toBe(holder);
  expect(await shown()).toEqual({ [holder]: '3' });
});

it('moves once the holder is gone and not scraped any more, and stays there when it is back', async () => {
  const holder = await push(1);
  const { port } = serverOf(holder);
  serverOf(holder).kill('SIGKILL');
  await serverOf(holder).stop();
  isScraped = true;
  expect(await failureOf(push(2))).toMatchObject({ cause: { code: 'ERR_GATEWAY_RESPONSE' } });
  isScraped = false;
  const next = await moved(3);
  expect(next).not.toBe(holder);
  gateways.set(holder, await startPushgateway({ port }));
  await waitFor(async () => (await store.ledgers.read(group)).copies.length === 1, {
    message: 'the copy at the gateway that was gone to be struck',
    timeoutMs: 20_000,
  });
  expect(await push(4)).toBe(next);
  expect(await shown()).toEqual({ [next]: '4' });
});

it('moves from a frozen holder, and what it still has is gone soon after it thaws', async () => {
  const holder = await push(1);
  await freeze(serverOf(holder));
  try {
    isScraped = true;
    expect(await failureOf(push(2))).toMatchObject({ cause: { code: 'ERR_HTTP_TIMEOUT' } });
    isScraped = false;
    const next = await moved(3);
    expect(next).not.toBe(holder);
    serverOf(holder).kill('SIGCONT');
    await onlyOn(next, 3);
  } finally {
    serverOf(holder).kill('SIGCONT');
  }
});
