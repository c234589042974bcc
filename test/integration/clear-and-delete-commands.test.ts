import { randomUUID } from 'node:crypto';
import type { PrometheusPushgatewayModuleOptions, PushResult } from 'nestjs-prometheus-pushgateway';
import { runInTerminal } from '../support/run-in-terminal.js';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';

const COMMAND = 'test/support/processes/command.js';
const REFUSED = 'this is no terminal to ask on, and nothing was removed: add --yes if you are sure';

let redis: RunningServer;
let gateway: RunningServer;
let app: App;
let environment: { OPTIONS: string };
let shop: string;
let payments: string;

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  [shop, payments] = [`shop-${randomUUID()}`, `payments-${randomUUID()}`];
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { host: '127.0.0.1:9', instance: 'test', jobs: [shop, payments] },
    pushgateway: { host: gateway.address, redis: redis.address },
    autoPush: false,
  };
  environment = { OPTIONS: JSON.stringify(options) };
  app = await startApp(options);
  for (const name of ['orders_total', 'refunds_total'])
    app.metrics.counter({ name, help: name, jobs: [shop, payments] }).inc();
  await app.metrics.pushAll();
});
afterAll(async () => {
  await app.close();
  await Promise.all([redis.stop(), gateway.stop()]);
});

const command = (...args: string[]) => runNode(COMMAND, args, environment).done;
const shown = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();

it('clear forgets one metric of one job, if it is sure', async () => {
  expect(await command('clear', 'orders_total', '--job', shop)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `clear: ${REFUSED}\n`,
  });
  expect(await app.metrics.text(shop)).toContain('\norders_total 1\n');
  expect(await command('clear', 'order_total', '--yes')).toMatchObject({
    code: 1,
    stderr: 'clear: no process has defined a metric "order_total" in these jobs: did you mean orders_total?\n',
  });

  const { code, stdout } = await command('clear', 'orders_total', '--job', shop, '--yes', '--json');
  expect({ code, answer: JSON.parse(stdout) as unknown }).toEqual({
    code: 0,
    answer: [{ job: shop, metrics: ['orders_total'] }],
  });
  expect(await app.metrics.text(shop)).not.toContain('\norders_total ');
  expect(await app.metrics.text(shop)).toContain('\nrefunds_total 1\n');
  expect(await app.metrics.text(payments)).toContain('\norders_total 1\n');
});

it('clear asks on a terminal, and says what it would forget', async () => {
  const run = runInTerminal(COMMAND, ['clear', '-j', payments], { environment });
  await waitFor(() => run.screen().includes('[y/N]'), { message: 'the question', timeoutMs: 45_000 });
  expect(run.screen()).toContain(`Forget all 2 metrics of job ${payments} of all processes of instance test? [y/N] `);
  run.type('yes\r');
  expect(await run.done).toEqual({ code: 0, signal: null });
  expect(run.screen()).toMatch(new RegExp(`forgot all 2 metrics of job ${payments}\r\n$`));
  expect(await app.metrics.text(payments)).toBe('');
});

it('delete removes groups from the gateway, and leaves the values', async () => {
  expect(await command('delete')).toMatchObject({ code: 1, stdout: '', stderr: `delete: ${REFUSED}\n` });
  expect(await shown()).toContain(`job="${shop}"`);
  const one = await command('delete', '--job', shop, '--yes');
  expect(one).toMatchObject({ code: 0, stderr: '' });
  expect(one.stdout).toMatch(new RegExp(`^${shop}: deleted instance test from ${gateway.url} in \\d+ ms\n$`));
  expect(await shown()).not.toContain(`job="${shop}"`);
  expect(await shown()).toContain(`job="${payments}"`);
  expect(await app.metrics.text(shop)).toContain('\nrefunds_total 1\n');

  const { code, stdout } = await command('delete', '--yes', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout) as PushResult[]).toMatchObject([
    { job: shop, outcome: 'pushed' },
    { job: payments, outcome: 'pushed' },
  ]);
  expect(await shown()).not.toContain(`job="${payments}"`);
});
