import { connect } from 'node:net';
import { agrees, differences, type Reading } from '../../demo/read-columns.js';
import { isFree } from '../support/free-port.js';
import { type NodeRun, runNode, type RunningNode } from '../support/run-node.js';
import { waitFor } from '../support/wait-for.js';

const MAIN = 'demo/main.js';
const SERVER_LINE = /^ {2}(?:Redis|Pushgateway|Prometheus|Shop) .*127\.0\.0\.1:(?<port>\d+)/gm;
const ROW = /^(?<title>[a-z_]+(?:\{.*\})?) +(?<values>[\d. -]+)$/gm;

const running: RunningNode[] = [];

afterEach(async () => {
  for (const demo of running) demo.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ done }) => done));
});

function start(args: string[] = [], environment: Record<string, string> = {}): RunningNode {
  const demo = runNode(MAIN, args, environment);
  running.push(demo);
  return demo;
}

const portsOf = ({ stdout }: Pick<NodeRun, 'stdout'>): number[] =>
  [...stdout.matchAll(SERVER_LINE)].map(({ groups }) => Number(groups?.['port']));

/** Ports of the demo on which somebody still listens. */
async function portsInUse(run: NodeRun): Promise<number[]> {
  const ports = portsOf(run);
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_port, at) => !free[at]);
}

/** The columns of each row of the last table. */
const tableOf = ({ stdout }: NodeRun): Record<string, number[]> =>
  Object.fromEntries(
    [...stdout.slice(stdout.lastIndexOf(' happened ')).matchAll(ROW)].map(({ groups }) => [
      groups?.['title'] ?? '',
      // A series that was never counted need not exist.
      (groups?.['values'] ?? '')
        .trim()
        .split(/ +/)
        .map((cell) => (cell === '-' ? 0 : Number(cell))),
    ]),
  );

const ROWS = [
  'orders_total{type="book"}',
  'orders_total{type="game"}',
  'orders_total{type="music"}',
  'payments_total',
  'refunds_total',
  'http_server_request_duration_seconds_count',
  'basket_items_count',
  'basket_items_sum',
  'queue_depth',
];

/** Checks the last table: as many columns as said, all of one number. */
function expectAgreement(run: NodeRun, columns: number): void {
  const table = tableOf(run);
  expect(Object.keys(table)).toEqual(ROWS);
  for (const [title, values] of Object.entries(table)) {
    expect({ title, values }).toEqual({ title, values: Array<number | undefined>(columns).fill(values[0]) });
  }
  expect(table['http_server_request_duration_seconds_count']?.[0]).toBeGreaterThan(20);
}

describe('npm run demo, with real servers', () => {
  it('shows that what happened has arrived everywhere, and leaves nothing behind', async () => {
    const run = await start(['--seconds', '6']).done;
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expectAgreement(run, 4);
    expect(run.stdout).toContain('happened  in Redis  on the gateway  in Prometheus');
    expect(run.stdout).toMatch(/^shop: pushed \d+ series /m);
    expect(run.stdout).toMatch(/^payments: pushed \d+ series /m);
    expect(run.stdout).toContain('All 9 rows agree in all 4 columns.');
    expect(portsOf(run)).toHaveLength(4);
    expect(await portsInUse(run)).toEqual([]);
  });

  it('ends in order at the first Ctrl-C', async () => {
    const demo = start();
    await waitFor(() => demo.stdout().includes('requests (Ctrl-C ends it)'), { message: 'the customers' });
    demo.kill('SIGINT');
    const run = await demo.done;
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('All 9 rows agree in all 4 columns.');
    expect(await portsInUse(run)).toEqual([]);
  });

  it('says which server has died, and takes everything else with it', async () => {
    const demo = start();
    const started = await waitFor(() => demo.stdout().includes('Ctrl-C ends it') && demo.stdout(), {
      message: 'the demo',
    });
    const redis = Number(/^ {2}Redis +127\.0\.0\.1:(\d+)$/m.exec(started)?.[1]);
    connect({ port: redis, host: '127.0.0.1' })
      .on('error', () => undefined)
      .end('SHUTDOWN NOSAVE\r\n');
    const run = await demo.done;
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('The demo has failed: redis has ended (exit code 0). Its last output:');
    expect(await portsInUse(run)).toEqual([]);
  });
});

describe('npm run demo -- --cluster', () => {
  it('shows the same on three Prometheus while the gateway with the values is killed and comes back', async () => {
    const run = await start(['--cluster', '--seconds', '14']).done;
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expectAgreement(run, 5);
    expect(run.stdout).toContain('happened  in Redis  Prometheus 1  Prometheus 2  Prometheus 3');
    expect(run.stdout).toMatch(/^gateway \d, which has the orders, is killed[^]*^\.\.\. and is back, empty$/m);
    expect(run.stdout).toContain(
      'False counter resets of orders_total: Prometheus 1: 0, Prometheus 2: 0, Prometheus 3: 0.',
    );
  });
});

describe('npm run demo, without servers', () => {
  it('runs in memory, shows what would be pushed and says what to install', async () => {
    const run = await start(['--seconds', '1.5'], { PATH: '/nonexistent' }).done;
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expectAgreement(run, 2);
    expect(run.stdout).toMatch(/^# job payments\n# HELP payments_total Orders paid\n# TYPE payments_total counter\n/m);
    expect(run.stdout).toContain('All 9 rows agree in both columns.');
    expect(run.stdout).toMatch(/Not installed: redis-server, prometheus-pushgateway, prometheus .*apt-get install /s);
  });
});

describe('npm run demo, called wrongly', () => {
  it.each([[['--seconds', 'ten']], [['--second', '3']]])('explains itself: %j', async (args) => {
    const { code, stderr } = await start(args).done;
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: npm run demo [-- --seconds <n>]');
  });
});

describe('the verdict of the demo', () => {
  const reading = (value: number | undefined, problems: string[] = []): Reading => ({
    titles: ['in Redis', 'on the gateway'],
    lines: [{ title: 'orders_total', happened: 3, values: [3, value] }],
    problems,
  });

  it('is right only if every column shows what happened', () => {
    expect(agrees(reading(3))).toBe(true);
    expect(differences(reading(3))).toEqual([]);
  });

  it.each([
    [reading(2), ['orders_total: 3 happened, 2 on the gateway']],
    [reading(4), ['orders_total: 3 happened, 4 on the gateway']],
    [reading(undefined), ['orders_total: 3 happened, nothing on the gateway']],
    [reading(3, ['on the gateway: connection refused']), ['on the gateway: connection refused']],
  ])('names what differs: %#', (wrong, expected) => {
    expect(agrees(wrong)).toBe(false);
    expect(differences(wrong)).toEqual(expected);
  });

  it('takes a series that was never counted for 0', () => {
    expect(
      agrees({ titles: ['in Redis'], lines: [{ title: 'x', happened: 0, values: [undefined] }], problems: [] }),
    ).toBe(true);
  });
});
