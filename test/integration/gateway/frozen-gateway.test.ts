import { Logger } from '@nestjs/common';
import { PushgatewayClient } from '../../../lib/gateway/index.js';
import { StickyGateways } from '../../../lib/gateway/pools.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { type RunningServer, startPushgateway } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { failureOf, freeze, samplesOf } from './support.js';

jest.setTimeout(60_000);

const KEY = { job: 'shop', instance: 'localhost' };
const orders = (value: number): string => `# TYPE orders_total counter\norders_total ${value}\n`;

let server: RunningServer;
beforeEach(async () => {
  server = await startPushgateway();
});
afterEach(() => server.stop());

/** Frozen gateways accept connections (their kernel does) and answer when they are thawed. */
async function pushWhileFrozen(client: PushgatewayClient): Promise<Error> {
  await freeze(server);
  try {
    return await failureOf(client.push(KEY, orders(2)));
  } finally {
    server.kill('SIGCONT');
  }
}

/** Pushes to another group until one is answered: the thawed gateway accepts connections in order. */
async function thawed(): Promise<void> {
  const witness = new PushgatewayClient({ host: server.address, timeoutMs: 1_000 });
  for (let round = 0; round < 20; round++) {
    await waitFor(async () => (await witness.push({ job: 'witness' }, orders(round)), true), { message: 'the thaw' });
  }
}

it.each([true, false])('a push that timed out is never applied later (gzip: %s)', async (gzip) => {
  const client = new PushgatewayClient({ host: server.address, gzip, timeoutMs: 300 });
  await new PushgatewayClient({ host: server.address }).push(KEY, orders(1));
  for (let round = 0; round < 5; round++) {
    const error = await pushWhileFrozen(client);
    expect(error).toMatchObject({
      name: 'HttpTimeoutError',
      message: expect.stringContaining(`Pushgateway ${server.url} did not answer within 300 ms`) as string,
    });
    await thawed();
    await expect(samplesOf(server, 'orders_total')).resolves.toContain(
      'orders_total{instance="localhost",job="shop"} 1',
    );
  }
});

it.each([true, false])('nor is one that was given up for another reason (gzip: %s)', async (gzip) => {
  const client = new PushgatewayClient({ host: server.address, gzip, timeoutMs: 60_000 });
  await client.push(KEY, orders(1));
  for (let round = 0; round < 3; round++) {
    await freeze(server);
    const error = await failureOf(client.push(KEY, orders(2), AbortSignal.timeout(300)));
    expect(error.message).toContain('when the request was given up');
    server.kill('SIGCONT');
    await thawed();
    await expect(samplesOf(server, 'orders_total')).resolves.toContain(
      'orders_total{instance="localhost",job="shop"} 1',
    );
  }
});

it('without expectContinue it is applied later: what the option is for', async () => {
  await new PushgatewayClient({ host: server.address }).push(KEY, orders(1));
  await pushWhileFrozen(new PushgatewayClient({ host: server.address, timeoutMs: 300, expectContinue: false }));
  await waitFor(
    async () => (await samplesOf(server, 'orders_total')).includes('orders_total{instance="localhost",job="shop"} 2'),
    { message: 'the ghost' },
  );
});

it('a group that comes back to a gateway which was frozen stays there, though DELETEs had waited for it', async () => {
  jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  const other = await startPushgateway();
  const store = new MemoryStore();
  const group = { job: 'shop', instance: 'localhost', labels: {} };
  const turn = (await store.turns.take(group, 600_000)).turn as string;
  // The group is on the first one, and will move.
  await store.ledgers.noteHolder(group, turn, server.url);
  const clients = new Map(
    [server, other].map(({ url }) => [url, new PushgatewayClient({ host: url, timeoutMs: 500 })]),
  );
  const clientOf = (gateway: string): PushgatewayClient => clients.get(gateway) as PushgatewayClient;
  const deletions = jest.spyOn(clientOf(server.url), 'delete');
  const put = jest.spyOn(clientOf(server.url), 'push');
  const asked = jest.spyOn(clientOf(server.url), 'identify');
  const pool = new StickyGateways({
    directory: { addresses: [server.url, other.url], clientOf },
    ledgers: store.ledgers,
    witness: () => Promise.reject(new Error('no Prometheus')),
    listener: { moved: () => undefined, delayed: () => undefined },
    failoverAfterMs: 0,
    timeoutMs: 3_000,
  });
  const push = (value: number): Promise<string> =>
    pool.push({ group, text: orders(value), mode: 'push', turn }).then(({ gateway }) => gateway);
  try {
    await push(1);
    await freeze(server);
    expect(await push(2)).toBe(other.url);
    await waitFor(() => deletions.mock.calls.length >= 40, { message: 'many DELETEs to wait there' });
    other.kill('SIGKILL');
    await other.exited;
    asked.mockClear();
    // Under way while it thaws.
    const back = push(3);
    await waitFor(() => put.mock.calls.length > 2 || asked.mock.calls.length > 0, { message: 'it to be asked' });
    server.kill('SIGCONT');
    expect(await back.catch(() => push(3))).toBe(server.url);
    await thawed();
    await expect(samplesOf(server, 'orders_total')).resolves.toContain(
      'orders_total{instance="localhost",job="shop"} 3',
    );
  } finally {
    pool.close();
    jest.restoreAllMocks();
    await other.stop();
  }
});
