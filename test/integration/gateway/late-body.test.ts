import { setImmediate as nextTurn } from 'node:timers/promises';
import { type GatewayPool, PushgatewayClient } from '../../../lib/gateway/index.js';
import { StickyGateways } from '../../../lib/gateway/pools.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { type RunningServer, startPushgateway } from '../../support/servers.js';
import { sightingsOf } from '../../support/sightings.js';
import { startReplica, stopReplicas } from '../../unit/push/support.js';
import { failureOf, samplesOf } from './support.js';

jest.setTimeout(60_000);

const shop = { job: 'shop', instance: 'host', labels: {} };
/** More than is compressed at once. */
const COMMENTS = '# a comment\n'.repeat(20_000);
const KEY = { job: 'shop', instance: 'host' };

let server: RunningServer;
beforeEach(async () => {
  server = await startPushgateway();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stopReplicas();
  await server.stop();
});

function poolOf(store: MemoryStore, gzip: boolean): GatewayPool {
  const client = new PushgatewayClient({ host: server.address, gzip, timeoutMs: 20_000 });
  return new StickyGateways({
    directory: { addresses: [server.url], clientOf: () => client },
    ledgers: store.ledgers,
    witness: () => sightingsOf(undefined),
    listener: { moved: () => undefined, delayed: () => undefined },
    failoverAfterMs: 60_000,
    timeoutMs: 20_000,
  });
}

it.each([true, false])('a body that is late by a turn is never applied (gzip: %s)', async (gzip) => {
  const store = new MemoryStore();
  const late = startReplica(store, poolOf(store, gzip), 20_000);
  const other = startReplica(store, poolOf(store, gzip), 20_000);
  for (let at = 0; at < 100; at += 1) late.inc();
  const keep = store.turns.keep.bind(store.turns);
  const outcomes: string[] = [];
  let looks = 0;
  jest.spyOn(store.turns, 'keep').mockImplementation(async (group, turn, ttlMs) => {
    looks += 1;
    // As for a machine that was suspended before the last bytes of its body: its turn has run out, another has pushed.
    if (looks === 1) {
      await store.turns.end(group, turn);
      for (let at = 0; at < 11; at += 1) other.inc();
      outcomes.push((await other.service.push('shop')).outcome);
    }
    return keep(group, turn, ttlMs);
  });
  expect(await late.service.push('shop')).toMatchObject({ outcome: 'failed', error: { code: 'ERR_PUSH_LOCK' } });
  expect(outcomes).toEqual(['pushed']);
  expect(await samplesOf(server, 'orders_total')).toEqual(['orders_total{instance="host",job="shop",type="blue"} 111']);
  expect((await store.turns.take(shop, 1_000)).lastPushedAt).toBeGreaterThan(0);
});

it('a compressed body that ends after its beginning leaves the group as it was', async () => {
  const client = new PushgatewayClient({ host: server.address });
  await client.push(KEY, '# TYPE orders_total counter\norders_total 7\n');
  const gone = new Error('the store is gone');
  const text = async function* () {
    yield `# TYPE orders_total counter\n${COMMENTS}`;
    // This one is asked for when gzip has taken in the first, and the end when it has taken in this one.
    yield COMMENTS;
    // What has been compressed by now goes to the socket in turns of the event loop.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    throw gone;
  };
  expect(await failureOf(client.push(KEY, text))).toBe(gone);
  // The gateway takes requests in their order.
  await client.push({ job: 'another' }, '# TYPE orders_total counter\norders_total 1\n');
  expect(await samplesOf(server, 'orders_total')).toContain('orders_total{instance="host",job="shop"} 7');
});
