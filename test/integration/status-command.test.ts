import { randomUUID } from 'node:crypto';
import type { GroupStatus, PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';
import { freeze } from './gateway/support.js';

let redis: RunningServer;
let gateways: RunningServer[];
let options: PrometheusPushgatewayModuleOptions;
let app: App;

beforeEach(async () => {
  redis = await startRedis();
  gateways = await Promise.all([startPushgateway(), startPushgateway()]);
  options = {
    prometheus: { host: '127.0.0.1:9', instance: 'test', jobs: [`shop-${randomUUID()}`] },
    pushgateway: { host: gateways.map(({ address }) => address), redis: redis.address, timeoutMs: 1_000 },
    autoPush: false,
    selfMetrics: true,
  };
  app = await startApp(options);
  app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc();
});
afterEach(async () => {
  await app.close();
  await Promise.all([redis, ...gateways].map((server) => server.stop()));
});

const status = (...args: string[]) =>
  runNode('test/support/processes/command.js', ['status', ...args], { OPTIONS: JSON.stringify(options) }).done;

describe('status', () => {
  it('shows where each job is, and since when its gateway is silent', async () => {
    const [job] = options.prometheus.jobs;
    const never = await status();
    expect(never).toMatchObject({ code: 0, stderr: '', stdout: `${job} (instance test): never pushed\n` });

    const { gateway } = await app.metrics.push();
    const pushed = await status();
    expect(pushed).toMatchObject({ code: 0, stderr: '' });
    expect(pushed.stdout).toMatch(new RegExp(`^${job} \\(instance test\\): pushed \\d{4}-\\S+Z, on ${gateway}\n$`));

    const holder = gateways.find(({ url }) => url === gateway) as RunningServer;
    await freeze(holder);
    expect(await app.metrics.push()).toMatchObject({ outcome: 'failed', gateway, gateways: [gateway] });
    const silent = await status('--json');
    holder.kill('SIGCONT');
    expect(silent.code).toBe(1);
    const groups = JSON.parse(silent.stdout) as GroupStatus[];
    expect(groups).toMatchObject([{ job, holder: gateway, copies: [] }]);
    expect(groups[0]?.silentForMs).toBeGreaterThanOrEqual(1_000);
  });

  it('tells again and again, and goes on while Redis is away', async () => {
    const [job] = options.prometheus.jobs;
    const watch = runNode('test/support/processes/command.js', ['status', '--watch', '--interval', '0.1'], {
      OPTIONS: JSON.stringify(options),
    });
    await waitFor(() => watch.stdout().includes('never pushed'), { message: 'the first look' });
    await app.metrics.push();
    await waitFor(() => watch.stdout().includes('pushed 2'), { message: 'the push to be seen' });
    await redis.stop();
    await waitFor(() => watch.stderr().includes('status: Redis '), { message: 'what hinders it' });
    redis = await startRedis({ port: redis.port });
    const looks = (): number => watch.stdout().split(`\n${job} (`).length;
    const before = looks();
    await waitFor(() => looks() > before, { message: 'Redis to be back' });
    watch.kill('SIGTERM');
    const { code, stdout } = await watch.done;
    expect(code).toBe(0);
    // The time of a look that failed stands alone.
    expect(stdout).toMatch(new RegExp(`^(\\d{4}-\\d\\d-\\d\\dT\\S+Z\n(${job} \\(instance test\\): .*\n)?)+$`));
  });

  it('ends while Redis is away if nobody reads its results any more', async () => {
    const watches = [[], ['--json']].map((flags) =>
      runNode('test/support/processes/command.js', ['status', '--watch', '--interval', '0.1', ...flags], {
        OPTIONS: JSON.stringify(options),
      }),
    );
    await waitFor(() => watches.every((watch) => watch.stdout() !== ''), { message: 'the first looks' });
    await redis.stop();
    for (const watch of watches) {
      await waitFor(() => watch.stderr().includes('status: Redis '), { message: 'what hinders it' });
      watch.closeOutput();
      expect(await watch.done).toMatchObject({ code: 1, signal: null });
    }
  });

  it('names a single gateway, and asks it', async () => {
    const [gateway] = gateways as [RunningServer];
    options = { ...options, pushgateway: { ...options.pushgateway, host: gateway.address } };
    const there = await status();
    expect(there).toMatchObject({ code: 0, stderr: '' });
    expect(there.stdout).toMatch(new RegExp(`never pushed\ngateway ${gateway.url}: answers, Pushgateway \\d\\S+\n$`));
    await gateway.stop();
    const gone = await status();
    expect(gone.code).toBe(1);
    expect(gone.stdout).toMatch(new RegExp(`\ngateway ${gateway.url}: Pushgateway ${gateway.url} unreachable: .*\n$`));
  });

  it('says in one line that Redis does not answer', async () => {
    options = { ...options, pushgateway: { ...options.pushgateway, redis: '127.0.0.1:9' } };
    const { code, stdout, stderr } = await status();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^status: Redis .*127\.0\.0\.1:9.*\n$/);
  });
});

it('counts its own pushes and moves, if it is told to', async () => {
  const [job] = options.prometheus.jobs;
  const { gateway } = await app.metrics.push();
  await gateways.find(({ url }) => url === gateway)?.stop();
  await waitFor(async () => (await app.metrics.push()).outcome === 'pushed', { message: 'the group to move' });
  const text = await app.metrics.text();
  expect(text).toContain(`pushgateway_client_pushes_total{outcome="pushed",pushed_job="${job}"} 2\n`);
  expect(text).toContain(`pushgateway_client_moves_total{pushed_job="${job}"} 1\n`);
});
