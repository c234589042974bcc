import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { runInTerminal } from '../support/run-in-terminal.js';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';
import { freeze } from './gateway/support.js';

const COMMAND = 'test/support/processes/command.js';
const SERIES = 10_000;
/** A process starts slowly where much else is going on. */
const PATIENCE_MS = 45_000;

let redis: RunningServer;
let app: App;
let environment: { OPTIONS: string };

beforeAll(async () => {
  redis = await startRedis();
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { instance: 'test', jobs: ['shop'] },
    pushgateway: { host: '127.0.0.1:9', redis: redis.address },
    autoPush: false,
    maxSeriesPerMetric: SERIES,
  };
  environment = { OPTIONS: JSON.stringify(options) };
  app = await startApp(options);
  const orders = app.metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });
  orders.inc({ type: 'blue' }, 2);
  orders.inc({ type: '\u001b[31m日本' });
  const visits = app.metrics.counter({ name: 'visits_total', help: 'Visits', labelNames: ['customer'] });
  for (let customer = 0; customer < SERIES; customer++) visits.inc({ customer: `c${customer}` });
  await app.metrics.flush();
});
afterAll(async () => {
  await app.close();
  await redis.stop();
});

const show = (...args: string[]) => runNode(COMMAND, ['show', ...args], environment);

it('shows all metrics in a line each, and the series of one', async () => {
  expect(await show().done).toMatchObject({
    code: 0,
    stderr: '',
    stdout: [
      'METRIC        TYPE     SERIES  VALUE  OF\n',
      'orders_total  counter       2      3  all\n',
      'visits_total  counter   10000  10000  all\n',
    ].join(''),
  });
  expect(await show('orders_total').done).toMatchObject({
    code: 0,
    stdout:
      'orders_total, counter of job shop: Orders\nTYPE            VALUE\n\\u001b[31m日本      1\nblue                2\n',
  });
});

it('gives a pipe every series, and a terminal as many as anybody reads', async () => {
  const { stdout } = await show('visits_total').done;
  expect(stdout.trimEnd().split('\n')).toHaveLength(SERIES + 2);
  const terminal = runInTerminal(COMMAND, ['show', 'visits_total'], { environment });
  expect(await terminal.done).toEqual({ code: 0, signal: null });
  expect(terminal.screen()).toContain('… 9900 more of 10000 series: --limit 0 shows all\r\n');
  expect(terminal.screen().match(/\nc\d+ +1\r/g)).toHaveLength(100);
});

it('says in one line what hinders it', async () => {
  const unknown = await show('order_total').done;
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toBe(
    'show: no process has defined a metric "order_total" in these jobs: did you mean orders_total?\n',
  );
  expect(await show('orders_total', 'visits_total').done).toMatchObject({
    code: 1,
    stderr: 'show: expected one argument and flags, got "visits_total" too\n',
  });
});

it('watches in JSON, a line each time, until it is told to stop', async () => {
  const watch = show('orders_total', '--watch', '--interval', '0.1', '--json');
  const values = () =>
    watch
      .stdout()
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { total: number }[])[0]?.total);
  await waitFor(() => values().length >= 2, { message: 'two lines', timeoutMs: PATIENCE_MS });
  const [before] = values();
  app.metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] }).inc({ type: 'blue' });
  await waitFor(() => values().at(-1) === (before as number) + 1, { message: 'the new value' });
  watch.kill('SIGTERM');
  expect(await watch.done).toMatchObject({ code: 0, signal: null, stderr: '' });
});

it('watches in place on a terminal, and leaves it as it was', async () => {
  const watch = runInTerminal(COMMAND, ['show', '--watch', '--interval', '0.1'], { environment });
  await waitFor(() => watch.screen().split('\u001b[H').length > 2, {
    message: 'to be drawn twice',
    timeoutMs: PATIENCE_MS,
  });
  watch.type('\u0003');
  expect(await watch.done).toEqual({ code: 0, signal: null });
  const [drawn, left] = watch.screen().split('\u001b[?7h\u001b[?25h\u001b[?1049l');
  expect(drawn).toContain('\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H');
  // Then it is all on the ordinary screen, where nothing is redrawn.
  expect(left).toMatch(
    /^\d{4}-\S+Z, every 0\.1 s\r\n\r\nMETRIC +TYPE .*visits_total +counter +10000 +10000 +all\r\n$/s,
  );
  expect(left).not.toContain('\u001b');
});

it('says on a terminal what it waits for, before it has read any metric', async () => {
  await freeze(redis);
  const waiting = runInTerminal(COMMAND, ['show'], { environment });
  await waitFor(() => waiting.screen().includes('s, reading what is stored: 0 series'), {
    message: 'the line of progress',
    timeoutMs: PATIENCE_MS,
  });
  redis.kill('SIGCONT');
  expect(await waiting.done).toMatchObject({ signal: null });
});
