import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import type { PrometheusPushgatewayModuleOptions, PushResult } from 'nestjs-prometheus-pushgateway';
import { loadedFiles } from '../package/support/loaded.js';
import { ROOT, runNode } from '../support/run-node.js';
import { freePort, type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';

let redis: RunningServer;
let gateway: RunningServer;
let counting: App;
let options: PrometheusPushgatewayModuleOptions;

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterAll(() => Promise.all([redis.stop(), gateway.stop()]));

beforeEach(async () => {
  options = {
    prometheus: { instance: 'test', jobs: [`shop-${randomUUID()}`, `payments-${randomUUID()}`] },
    pushgateway: { host: gateway.address, redis: redis.address, flushIntervalMs: 20 },
    autoPush: false,
  };
  counting = await startApp(options);
  const [shop, payments] = options.prometheus.jobs as [string, string];
  counting.metrics.counter({ name: 'orders_total', help: 'Orders', jobs: [shop] }).inc(5);
  counting.metrics.counter({ name: 'paid_total', help: 'Paid', jobs: [payments] }).inc(3);
  await counting.metrics.flush();
});
afterEach(() => counting.close());

const command = (args: string[], change: Partial<PrometheusPushgatewayModuleOptions['pushgateway']> = {}) =>
  runNode('test/support/processes/command.js', args, {
    OPTIONS: JSON.stringify({ ...options, pushgateway: { ...options.pushgateway, ...change } }),
  });

async function onGateway(name: string, job: string): Promise<number | undefined> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name}{instance="test",job="${job}"}`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

describe('push', () => {
  it('refuses to replace the values of an application that has them in its memory', async () => {
    const [shop] = options.prometheus.jobs as [string, string];
    const inMemory = { ...options, pushgateway: { ...options.pushgateway, redis: 'memory' } } as const;
    const alone = await startApp(inMemory);
    alone.metrics.counter({ name: 'orders_total', help: 'Orders', jobs: [shop] }).inc(7);
    expect((await alone.metrics.push(shop)).outcome).toBe('pushed');
    for (const args of [['push'], ['push', '--watch'], ['push', '--announce', '1'], ['status']]) {
      const { code, stdout, stderr } = await command(args, { redis: 'memory' }).done;
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^(push|status): with pushgateway\.redis: 'memory' the values are in the application's own process/,
      );
    }
    expect(await onGateway('orders_total', shop)).toBe(7);
    await alone.close();
  });

  it('brings what other processes have counted, defining none of it, and ends with its connections closed', async () => {
    const [shop, payments] = options.prometheus.jobs as [string, string];
    const { code, stdout, stderr } = await command(['push']).done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').sort()).toEqual([
      '',
      expect.stringMatching(
        `^${payments}: pushed 1 series \\(\\d+ bytes\\) of instance test to ${gateway.url} in \\d+ ms$`,
      ),
      expect.stringMatching(
        `^${shop}: pushed 1 series \\(\\d+ bytes\\) of instance test to ${gateway.url} in \\d+ ms$`,
      ),
    ]);
    expect(await onGateway('orders_total', shop)).toBe(5);
    expect(await onGateway('paid_total', payments)).toBe(3);
    const client = new Redis({ port: redis.port });
    const clients = String(await client.client('LIST')).match(/name=nestjs-prometheus-pushgateway/g);
    client.disconnect();
    // Only the counting application's is left.
    expect(clients).toHaveLength(1);
  });

  it('loads nothing that a push does not use, and axios as one file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loaded-'));
    try {
      const process = join(ROOT, 'dist/test/support/processes/command.js');
      const files = await loadedFiles([process, 'push'], folder, { OPTIONS: JSON.stringify(options) });
      const of = (name: string) => files.filter((url) => url.includes(`/node_modules/${name}/`));
      expect(of('nest-commander')).not.toEqual([]);
      expect(of('ioredis')).not.toEqual([]);
      expect(of('axios')).toEqual([expect.stringMatching(/\/axios\.cjs$/)]);
      expect(['@nestjs/schedule', 'cron', 'luxon', 'yaml'].flatMap(of)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('pushes the jobs that are named, and prints JSON', async () => {
    const [shop, payments] = options.prometheus.jobs as [string, string];
    const { code, stdout } = await command(['push', '--json', '-j', payments]).done;
    expect(code).toBe(0);
    const results = JSON.parse(stdout) as PushResult[];
    expect(results).toMatchObject([
      { job: payments, instance: 'test', outcome: 'pushed', series: 1, gateway: gateway.url },
    ]);
    expect(await onGateway('orders_total', shop)).toBeUndefined();
    const both = await command(['push', '--json', '--job', shop, '--job', payments]).done;
    expect((JSON.parse(both.stdout) as PushResult[]).map(({ job }) => job)).toEqual([shop, payments]);
  });

  it('refuses what it would leave out: a job without its flag, an interval without --watch', async () => {
    const [shop] = options.prometheus.jobs as [string, string];
    const refusals: [args: string[], stderr: string][] = [
      [['push', shop], `push: expected flags only, got "${shop}": for one job type --job ${shop}\n`],
      [['push', 'no-job'], 'push: expected flags only, got "no-job"\n'],
      [['push', '--interval', '5'], 'push: --interval is for --watch: add it\n'],
      [['status', 'shop'], 'status: expected flags only, got "shop"\n'],
    ];
    for (const [args, stderr] of refusals) {
      expect(await command(args).done).toMatchObject({ code: 1, stdout: '', stderr });
    }
    expect(await onGateway('orders_total', shop)).toBeUndefined();
  });

  it('keeps other families with --add', async () => {
    const [shop] = options.prometheus.jobs as [string];
    await fetch(`${gateway.url}/metrics/job/${shop}/instance/test`, { method: 'PUT', body: 'left_over 1\n' });
    expect((await command(['push', '--add', '-j', shop]).done).code).toBe(0);
    expect(await onGateway('left_over', shop)).toBe(1);
    expect(await onGateway('orders_total', shop)).toBe(5);
    expect((await command(['push', '-j', shop]).done).code).toBe(0);
    expect(await onGateway('left_over', shop)).toBeUndefined();
  });

  it('ends quietly when nobody reads what it prints', async () => {
    const environment = { ...process.env, OPTIONS: JSON.stringify(options) };
    const script = `"${process.execPath}" dist/test/support/processes/command.js push | true; echo "code \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: ROOT, env: environment });
    expect({ stdout, stderr }).toEqual({ stdout: 'code 0\n', stderr: '' });
    const [shop] = options.prometheus.jobs as [string];
    expect(await onGateway('orders_total', shop)).toBe(5);
  });

  it('prints what it would push with --dry-run, and pushes nothing', async () => {
    const [shop] = options.prometheus.jobs as [string];
    const { code, stdout } = await command(['push', '--dry-run', '-j', shop]).done;
    expect(code).toBe(0);
    expect(stdout).toBe(
      `# job ${shop}, instance test\n# HELP orders_total Orders\n# TYPE orders_total counter\norders_total 5\n`,
    );
    expect(await onGateway('orders_total', shop)).toBeUndefined();
  });

  it('prints the messages of a push with --dry-run --format protobuf, decoded', async () => {
    const [shop] = options.prometheus.jobs as [string, string];
    const { code, stdout } = await command(['push', '--dry-run', '--format', 'protobuf', '-j', shop]).done;
    expect(code).toBe(0);
    expect(stdout).toBe(
      `# job ${shop}, instance test\nmetric_family {\n  name: "orders_total"\n  help: "Orders"\n  type: COUNTER\n` +
        `  metric {\n    counter { value: 5 }\n  }\n}\n`,
    );
    expect(await onGateway('orders_total', shop)).toBeUndefined();
  });

  it.each<[string, string[], Partial<PrometheusPushgatewayModuleOptions['pushgateway']> | undefined, RegExp]>([
    ['a format without --dry-run', ['--format', 'text'], undefined, /^push: --format is for --dry-run/],
    [
      'an unknown format',
      ['--dry-run', '--format', 'x'],
      undefined,
      /^push: --format: expected text or protobuf, got "x"$/,
    ],
    [
      'an unknown job',
      ['-j', 'nope'],
      undefined,
      /^push: Unknown job "nope": expected one of prometheus.jobs \("shop-/,
    ],
    [
      'a wrong interval',
      ['--watch', '--interval', 'x'],
      undefined,
      /^push: --interval: expected a number of seconds above 0$/,
    ],
    ['a wrong option', [], { gzip: 'yes' as never }, /pushgateway.gzip: expected true or false, got "yes"/],
  ])('exits 1 and says why for %s', async (_, args, change, reason) => {
    const { code, stderr } = await command(['push', ...args], change).done;
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(reason);
  });

  it('exits 1 and says why when a push failed', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const { code, stdout } = await command(['push', '--json'], { host }).done;
    expect(code).toBe(1);
    const reason = `Pushgateway http://${host} unreachable: connect ECONNREFUSED ${host}`;
    const failed = { outcome: 'failed', reason, code: 'ERR_HTTP_CONNECTION' };
    expect(JSON.parse(stdout)).toMatchObject([failed, failed]);
  });

  it('with --watch pushes again and again, and a last time when it gets SIGTERM', async () => {
    const [shop] = options.prometheus.jobs as [string];
    const orders = counting.metrics.counter({ name: 'orders_total', help: 'Orders', jobs: [shop] });
    const often = command(['push', '--watch', '--interval', '0.2', '-j', shop]);
    await waitFor(async () => (await onGateway('orders_total', shop)) === 5, { message: 'the first push' });
    orders.inc();
    await waitFor(async () => (await onGateway('orders_total', shop)) === 6, { message: 'a later push' });
    often.kill('SIGTERM');
    expect(await often.done).toMatchObject({ code: 0, signal: null, stderr: '' });

    const seldom = command(['push', '--watch', '--interval', '600', '-j', shop]);
    await waitFor(() => seldom.stdout().includes('pushed'), { message: 'the only push of ten minutes' });
    orders.inc();
    await counting.metrics.flush();
    seldom.kill('SIGTERM');
    expect(await seldom.done).toMatchObject({ code: 0, signal: null });
    expect(await onGateway('orders_total', shop)).toBe(7);
  });
});
