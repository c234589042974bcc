import { Logger } from '@nestjs/common';
import { BroadcastGateways, gatewayDirectory } from '../../../lib/gateway/pools.js';
import type { Group } from '../../../lib/model/index.js';
import { resolveOptions } from '../../../lib/options/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { type RunningServer, startPushgateway } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { freeze, samplesOf } from './support.js';

jest.setTimeout(90_000);

const group: Group = { job: 'shop', instance: 'localhost', labels: {} };
const orders = (value: number): string => `# TYPE orders_total counter\norders_total ${value}\n`;

let gateways: RunningServer[];
let pool: BroadcastGateways;
let token: string;

beforeEach(async () => {
  jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  gateways = await Promise.all([startPushgateway(), startPushgateway()]);
  const options = resolveOptions({
    prometheus: { jobs: ['shop'] },
    pushgateway: { host: gateways.map(({ address }) => address), strategy: 'broadcast', timeoutMs: 1_500 },
  });
  const store = new MemoryStore();
  token = (await store.turns.take(group, 600_000)).turn as string;
  pool = new BroadcastGateways(gatewayDirectory(options.gateways), store.ledgers);
});
afterEach(async () => {
  pool.close();
  await Promise.all(gateways.map((server) => server.stop()));
  jest.restoreAllMocks();
});

const shown = (): Promise<(string | undefined)[]> =>
  Promise.all(gateways.map(async (server) => (await samplesOf(server, 'orders_total'))[0]?.split(' ').at(-1)));

it('goes on with the gateways that answer; one that thaws applies nothing it missed', async () => {
  const [first, second] = gateways as [RunningServer, RunningServer];
  await pool.push({ group, text: orders(1), mode: 'push', turn: token });
  expect(await shown()).toEqual(['1', '1']);
  await freeze(first);
  try {
    for (const value of [2, 3, 4]) {
      const answer = await pool.push({ group, text: orders(value), mode: 'push', turn: token });
      expect(answer).toMatchObject({ gateways: [second.url], missed: [{ gateway: first.url }] });
    }
  } finally {
    first.kill('SIGCONT');
  }
  // Its own requests of before are answered by the time it answers this.
  await waitFor(async () => (await shown())[0] !== undefined, { message: 'the gateway to thaw' });
  expect(await shown()).toEqual(['1', '4']);
  expect(await pool.push({ group, text: orders(5), mode: 'push', turn: token })).toMatchObject({
    gateways: [first.url, second.url],
  });
  expect(await shown()).toEqual(['5', '5']);
});
