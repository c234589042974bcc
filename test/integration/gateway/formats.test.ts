import { setTimeout as wait } from 'node:timers/promises';
import { formatMessages } from '../../../lib/exposition/index.js';
import { PushgatewayClient } from '../../../lib/gateway/index.js';
import { gatewayDirectory, StickyGateways } from '../../../lib/gateway/pools.js';
import { type FamilyChunk, type MessagePiece, resolveDefinition, type Series } from '../../../lib/model/index.js';
import { type PushFormat, resolveOptions } from '../../../lib/options/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { type RunningServer, startHaproxy, startPushgateway } from '../../support/servers.js';
import { sightingsOf } from '../../support/sightings.js';
import { startReplica, stopReplicas } from '../../unit/push/support.js';
import { samplesOf } from './support.js';

const KEY = { job: 'shop', instance: 'localhost' };
const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter' });
const small = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' });

let gateway: RunningServer;
beforeAll(async () => {
  gateway = await startPushgateway();
});
afterAll(() => gateway.stop());
afterEach(async () => {
  jest.restoreAllMocks();
  await stopReplicas();
});

const series = (from: number, count: number): Series[] =>
  Array.from({ length: count }, (_, at) => ({ labels: `type="some ${from + at}"`, value: from + at }));

async function* piecesOf(readings: AsyncIterable<readonly FamilyChunk[]>): AsyncGenerator<MessagePiece> {
  for await (const { piece } of formatMessages(readings, 0)) yield piece;
}

describe.each<[PushFormat, boolean]>([
  ['protobuf', true],
  ['protobuf', false],
  ['text', true],
  ['text', false],
])('a push as %s (gzip: %s)', (format, gzip) => {
  it('of which the store gives a part only leaves the group as it was', async () => {
    const { gateways } = resolveOptions({
      prometheus: { jobs: ['shop'] },
      pushgateway: { host: gateway.address, format, gzip },
    });
    const store = new MemoryStore();
    const pool = new StickyGateways({
      directory: gatewayDirectory(gateways),
      ledgers: store.ledgers,
      witness: () => sightingsOf(undefined),
      listener: { moved: () => undefined, delayed: () => undefined },
      failoverAfterMs: 5_000,
      timeoutMs: 5_000,
    });
    const { inc, service } = startReplica(store, pool, 5_000);
    inc();
    expect(await service.push('shop')).toMatchObject({ outcome: 'pushed', series: 1 });
    const before = await samplesOf(gateway, 'orders_total');
    expect(before).toHaveLength(1);

    jest.spyOn(store.series, 'readText').mockImplementation(async function* () {
      yield [{ definition: small, chunk: [{ labels: '', value: 1 }] }];
      // Enough for several pieces, which go or wait.
      for (let at = 0; at < 20; at += 1) {
        yield await Promise.resolve([{ definition: counter, chunk: series(at * 2_000, 2_000) }]);
      }
      throw new Error('the store is away');
    });
    expect(await service.push('shop')).toMatchObject({ outcome: 'failed', reason: 'the store is away' });
    // The gateway takes requests in their order.
    await new PushgatewayClient({ host: gateway.address }).push(
      { job: 'another' },
      '# TYPE another gauge\nanother 1\n',
    );
    expect(await samplesOf(gateway, 'orders_total')).toEqual(before);
    expect(await samplesOf(gateway, 'depth')).toEqual([]);
  });
});

it('a large family goes through a proxy that cuts silent connections sooner than the family is read', async () => {
  const proxy = await startHaproxy({
    config: ({ address }) => `
defaults
  mode http
  timeout connect 1s
  timeout client 2s
  timeout server 2s
  retries 0
listen gateways
  bind ${address}
  server gw ${gateway.address}
`,
  });
  try {
    const readings = async function* (): AsyncGenerator<FamilyChunk[]> {
      for (let at = 0; at < 8; at += 1) {
        await wait(400);
        // More than a piece every second time.
        yield [{ definition: counter, chunk: series(at * 15_000, 15_000) }];
      }
    };
    const client = new PushgatewayClient({ host: proxy.address, format: 'protobuf' });
    await client.push(KEY, { text: '', protobuf: () => piecesOf(readings()) });
    const page = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(page).toContain('orders_total{instance="localhost",job="shop",type="some 119999"} 119999\n');
  } finally {
    await proxy.stop();
  }
});
