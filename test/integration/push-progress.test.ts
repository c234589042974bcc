import { stripVTControlCharacters } from 'node:util';
import type { PrometheusPushgatewayModuleOptions, PushResult } from 'nestjs-prometheus-pushgateway';
import { runInTerminal } from '../support/run-in-terminal.js';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';
import { startApp } from './app.js';

const SERIES = 50_000;
const COMMAND = 'test/support/processes/command.js';
/** Of the body: more than the head of a request has. */
const SOME_BYTES = 20_000;
/** Progress would have been shown by then. */
const LONG_MS = 1_000;

let redis: RunningServer;
let gateway: RunningServer;
let network: TcpProxy;
let options: PrometheusPushgatewayModuleOptions;
let environment: { OPTIONS: string };

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  network = new TcpProxy(gateway.port);
  options = {
    prometheus: { instance: 'test', jobs: ['shop'] },
    pushgateway: {
      host: `127.0.0.1:${await network.entrance('push')}`,
      redis: redis.address,
      timeoutMs: 30_000,
    },
    autoPush: false,
    maxSeriesPerMetric: SERIES,
  };
  environment = { OPTIONS: JSON.stringify(options) };
  const app = await startApp(options);
  const visits = app.metrics.counter({
    name: 'visits_total',
    help: 'Visits',
    labelNames: ['customer'],
  });
  for (let customer = 0; customer < SERIES; customer++) visits.inc({ customer: String(customer) });
  await app.metrics.flush();
  await app.close();
});
afterAll(async () => {
  network.close();
  await Promise.all([redis.stop(), gateway.stop()]);
});

/**
 * The network before the gateway stands still in the middle of the next body.
 * @returns for how many milliseconds it has, 0 before.
 */
function stall(): () => number {
  let bytes = 0;
  let since: number | undefined;
  const stop = network.watch(({ kind, bytes: { byteLength } }) => {
    if (kind !== 'sent' || (bytes += byteLength) < SOME_BYTES) return undefined;
    network.cut();
    since = performance.now();
    stop();
    return undefined;
  });
  return () => (since === undefined ? 0 : performance.now() - since);
}

it('shows in a terminal how far a push is, and leaves the result alone there', async () => {
  const stalledMs = stall();
  const push = runInTerminal(COMMAND, ['push'], { environment });
  const line = /\r\d+ s, pushing shop: [\d,]+ series, \d+\.\d MB (sent, waiting for|to) http:\/\/127\.0\.0\.1:\d+/;
  await waitFor(() => stalledMs() > 0 && line.test(stripVTControlCharacters(push.screen())), { message: 'progress' });
  network.mend();
  expect(await push.done).toEqual({ code: 0, signal: null });
  const lines = push.screen().split('\n');
  expect(lines).toHaveLength(2);
  // What was rewritten is erased before the line that stays.
  expect(stripVTControlCharacters(lines[0]?.split('\u001b[K').at(-1) ?? '')).toMatch(
    /^shop: pushed 50000 series \(\d+ bytes\) of instance test to \S+ in \d+ ms\r$/,
  );
  expect(lines[1]).toBe('');
});

it('shows nothing with --json, however long it takes', async () => {
  const stalledMs = stall();
  const push = runInTerminal(COMMAND, ['push', '--json'], { environment });
  await waitFor(() => stalledMs() > LONG_MS, { message: 'a long push' });
  network.mend();
  expect(await push.done).toEqual({ code: 0, signal: null });
  expect(JSON.parse(push.screen()) as PushResult[]).toMatchObject([{ outcome: 'pushed', series: SERIES }]);
});

it('shows nothing on pipes, however long it takes', async () => {
  const stalledMs = stall();
  const push = runNode(COMMAND, ['push'], environment);
  await waitFor(() => stalledMs() > LONG_MS, { message: 'a long push' });
  network.mend();
  const { code, stdout, stderr } = await push.done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^shop: pushed 50000 series .* ms\n$/);
});
