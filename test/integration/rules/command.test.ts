import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { runNode } from '../../support/run-node.js';
import { type RunningServer, startRedis } from '../../support/servers.js';
import { type App, startApp } from '../app.js';
import { promtool } from './support.js';

let redis: RunningServer;
let counting: App;
let folder: string;
let options: PrometheusPushgatewayModuleOptions;

beforeAll(async () => {
  redis = await startRedis();
  // Nothing is pushed: no gateway need be there.
  options = {
    prometheus: { instance: 'test', jobs: [`shop-${randomUUID()}`, `till-${randomUUID()}`] },
    pushgateway: { host: ['gateway-1', 'gateway-2'], redis: redis.address, flushIntervalMs: 20 },
    autoPush: false,
  };
  counting = await startApp(options);
  const { metrics } = counting;
  metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] }).inc({ type: 'book' });
  metrics.gauge({ name: 'depth', help: 'Depth', jobs: options.prometheus.jobs }).set(1);
  metrics.histogram({ name: 'seconds', help: 'Seconds' }).observe(1);
  metrics.summary({ name: 'size', help: 'Size' }).observe(1);
  await metrics.flush();
});
afterAll(async () => {
  await counting.close();
  await redis.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
});
afterEach(() => rm(folder, { recursive: true }));

const command = (args: string[], change: Partial<PrometheusPushgatewayModuleOptions['pushgateway']> = {}) =>
  runNode('test/support/processes/command.js', ['rules', ...args], {
    OPTIONS: JSON.stringify({ ...options, pushgateway: { ...options.pushgateway, ...change } }),
  }).done;

const check = (what: 'config' | 'rules', file: string): unknown => promtool('check', what, join(folder, file));

const RECORDED = [
  ...['push_time_seconds', 'push_failure_time_seconds', 'depth', 'orders_total'],
  ...['seconds_bucket', 'seconds_sum', 'seconds_count', 'size', 'size_sum', 'size_count'],
];

describe('rules', () => {
  it('prints a prometheus.yml that promtool accepts as it is, with nothing to say but what it needs', async () => {
    const { code, stdout, stderr } = await command([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^# ===== prometheus.yml =====\n/);
    expect(stdout).toContain('- gateway-2:9091');
    await writeFile(join(folder, 'prometheus.yml'), stdout);
    expect(check('config', 'prometheus.yml')).toMatchObject({ status: 0 });
  });

  it('writes for broadcast what promtool accepts, with rules for all that other processes have defined', async () => {
    const out = join(folder, 'new', 'folder');
    const { code, stdout, stderr } = await command(['--strategy', 'broadcast', '--out', out]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `wrote ${out}/prometheus.yml\nwrote ${out}/rules.yml\n`,
      stderr: '',
    });
    expect(check('config', 'new/folder/prometheus.yml')).toEqual({
      status: 0,
      output: expect.stringContaining('1 rule files found'),
    });
    expect(check('rules', 'new/folder/rules.yml')).toEqual({
      status: 0,
      output: expect.stringContaining(`${RECORDED.length} rules found`),
    });
    const rules = await readFile(join(out, 'rules.yml'), 'utf8');
    expect([...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name)).toEqual(RECORDED);
    expect(rules).toContain(`gateway:depth{job=~"${options.prometheus.jobs.join('|')}"}`);
  });

  it('writes a file for each replica, or prints all as JSON', async () => {
    const replicas = ['--prometheus', 'one:9090', 'two:9090', '--prometheus', 'three:9090'];
    const flags = ['--strategy', 'broadcast', '--scrape-interval', '2.5', ...replicas];
    expect((await command([...flags, '--out', folder])).code).toBe(0);
    const names = ['prometheus-1.yml', 'prometheus-2.yml', 'prometheus-3.yml', 'rules.yml'];
    expect((await readdir(folder)).sort()).toEqual(names);
    for (const name of names.slice(0, 3)) expect(check('config', name)).toMatchObject({ status: 0 });
    const { code, stdout } = await command([...flags, '--json']);
    expect(code).toBe(0);
    const files = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(files)).toEqual(names);
    for (const name of names) expect(files[name]).toBe(await readFile(join(folder, name), 'utf8'));
    expect(files['prometheus-2.yml']).toContain('scrape_interval: 2500ms');
  });

  it('writes what promtool accepts once the secrets are beside it', async () => {
    const change = { host: ['https://gateway-1', 'https://gateway-2/base'], bearerToken: 'SECRET' };
    expect((await command(['--out', folder], change)).code).toBe(0);
    expect(check('config', 'prometheus.yml')).toEqual({
      status: 1,
      output: expect.stringContaining('pushgateway-token'),
    });
    await writeFile(join(folder, 'pushgateway-token'), 'SECRET');
    expect(check('config', 'prometheus.yml')).toMatchObject({ status: 0 });
    expect(await readFile(join(folder, 'prometheus.yml'), 'utf8')).not.toContain('SECRET');
  });

  it('without known metrics writes what it can and exits 1, for broadcast only', async () => {
    const change = { keyPrefix: 'nobody' };
    const { code, stderr } = await command(['--strategy', 'broadcast', '--out', folder], change);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'rules: no metric is known yet, so no rule records one: start the application first, then run this again\n',
    );
    expect(check('config', 'prometheus.yml')).toMatchObject({ status: 0 });
    expect(await readFile(join(folder, 'rules.yml'), 'utf8')).toContain('record: push_time_seconds');
    expect((await command([], change)).code).toBe(0);
  });

  it.each<[string, string[], Partial<PrometheusPushgatewayModuleOptions['pushgateway']> | undefined, RegExp]>([
    [
      'an unknown strategy',
      ['--strategy', 'both'],
      undefined,
      /^rules: --strategy: expected sticky or broadcast, got "both"$/,
    ],
    [
      'broadcast to one gateway',
      ['--strategy', 'broadcast'],
      { host: 'gateway-1' },
      /^rules: --strategy broadcast: expected several gateways in pushgateway.host, got one$/,
    ],
    [
      'a wrong interval',
      ['--scrape-interval', '0'],
      undefined,
      /^rules: --scrape-interval: expected a number of seconds, at least 0.1$/,
    ],
    ['one Prometheus', ['--prometheus', 'one'], undefined, /^rules: Invalid replicas: expected at least two/],
    ['a folder that is a file', ['--out', '/dev/null'], undefined, /^rules: EEXIST: .*'\/dev\/null'$/],
  ])('exits 1 and says why in one line for %s', async (_, args, change, reason) => {
    const { code, stdout, stderr } = await command(args, change);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim()).toMatch(reason);
  });
});
