import { randomUUID } from 'node:crypto';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { type RunningNode, runNode } from '../support/run-node.js';
import { type RunningServer, startRedis } from '../support/servers.js';
import { startApp } from './app.js';

jest.setTimeout(60_000);

let redis: RunningServer;
const processes: RunningNode[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
// One that hangs would outlive its test.
afterEach(() => {
  for (const process of processes.splice(0)) process.kill('SIGKILL');
});

const optionsFor = (address: string): PrometheusPushgatewayModuleOptions => ({
  prometheus: { host: '127.0.0.1:1', instance: 'one', jobs: ['shop'] },
  pushgateway: { host: '127.0.0.1:1', redis: address, keyPrefix: randomUUID(), flushIntervalMs: 50 },
});

/** Of a process whose application could not start: it ends by itself, or the test does not. */
async function endOf(options: PrometheusPushgatewayModuleOptions, failsAt: string) {
  const started = runNode('test/support/processes/failing-start.js', [JSON.stringify(options), failsAt]);
  processes.push(started);
  return started.done;
}

describe.each(['provider', 'init'])('a start that fails (%s)', (failsAt) => {
  it('stores what was counted, and lets the process end', async () => {
    const options = optionsFor(redis.address);
    expect(await endOf(options, failsAt)).toEqual({ code: 0, signal: null, stdout: 'failed\n', stderr: '' });
    const app = await startApp({ ...options, autoPush: false });
    expect(await app.metrics.text()).toContain('orders_total 5\n');
    await app.close();
  });

  it('lets the process end also while Redis is away', async () => {
    expect(await endOf(optionsFor('127.0.0.1:1'), failsAt)).toMatchObject({ code: 0, stdout: 'failed\n' });
  });
});
