import { Redis } from 'ioredis';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { type RunningNode, runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { optionsFor, startApp } from './app.js';

/** For what must fail. Without it a process would hang for as long as its test lasts. */
const DEADLINE_MS = 2_000;
const NEVER_MS = 3_600_000;

let stack: Stack;
const servers: RunningServer[] = [];
const processes: RunningNode[] = [];

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack.stop());
afterEach(async () => {
  for (const process of processes.splice(0)) process.kill('SIGKILL');
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** Pushes by itself, but not while a test runs. */
const optionsOf = (parts: Partial<Pick<Stack, 'redis' | 'gateway'>> = {}): PrometheusPushgatewayModuleOptions => ({
  ...optionsFor({ ...stack, ...parts }),
  autoPush: { everyMs: NEVER_MS },
  shutdownTimeoutMs: 60_000,
});

async function start(options: PrometheusPushgatewayModuleOptions, hooks = 'on'): Promise<RunningNode> {
  const started = runNode('test/support/processes/server.js', [JSON.stringify(options)], { HOOKS: hooks });
  processes.push(started);
  await waitFor(() => started.stdout().includes('ready'), {
    message: 'the application to have stored what it counted',
  });
  return started;
}

async function own<T extends RunningServer>(server: Promise<T>): Promise<T> {
  servers.push(await server);
  return server;
}

async function onGateway(
  { prometheus }: PrometheusPushgatewayModuleOptions,
  gateway = stack.gateway,
): Promise<string[]> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.includes(`job="${prometheus.jobs[0] ?? ''}"`));
  return lines.filter((line) => line.startsWith('orders_total')).map((line) => line.split(' ')[1] as string);
}

async function turns(redis: RunningServer): Promise<string[]> {
  const client = new Redis({ port: redis.port });
  try {
    return await client.keys('*:turn');
  } finally {
    client.disconnect();
  }
}

/** What it logged, in lines without colours. */
const logged = (output: string): string[] =>
  output
    .split('\n')
    // eslint-disable-next-line no-control-regex -- colours are control characters
    .map((line) => line.replaceAll(/\u001b\[\d+m/g, ''))
    .filter((line) => line !== '' && line !== 'ready');

describe('SIGTERM', () => {
  it("pushes what was counted until the last of the application's own hooks, and gives the turn back", async () => {
    const options = optionsOf();
    const one = await start(options);
    one.kill('SIGTERM');
    expect(await one.done).toMatchObject({ signal: 'SIGTERM', stderr: '', stdout: 'ready\n' });
    expect(await onGateway(options)).toEqual(['8']);
    expect(await turns(stack.redis)).toEqual([]);
  });

  it('of one replica does not undo the last push of another', async () => {
    const options = optionsOf();
    const replicas = [await start(options), await start(options)];
    for (const replica of replicas) replica.kill('SIGTERM');
    for (const { done } of replicas) expect(await done).toMatchObject({ signal: 'SIGTERM', stdout: 'ready\n' });
    expect(await onGateway(options)).toEqual(['16']);
    expect(await turns(stack.redis)).toEqual([]);
  });

  it('stores, but does not push, if the application is to push itself', async () => {
    const options: PrometheusPushgatewayModuleOptions = { ...optionsOf(), autoPush: false };
    const one = await start(options);
    one.kill('SIGTERM');
    await one.done;
    expect(await onGateway(options)).toEqual([]);
    const reader = await startApp(options);
    expect(await reader.metrics.text()).toContain('orders_total 8\n');
    await reader.close();
  });

  it('without enableShutdownHooks ends the process at once: Nest calls no hook', async () => {
    const options = optionsOf();
    const one = await start(options, 'off');
    one.kill('SIGTERM');
    expect(await one.done).toMatchObject({ signal: 'SIGTERM', stdout: 'ready\n' });
    expect(await onGateway(options)).toEqual([]);
    const reader = await startApp({ ...options, autoPush: false });
    expect(await reader.metrics.text()).toContain('orders_total 5\n');
    await reader.close();
  });
});

describe('SIGTERM ends the process within shutdownTimeoutMs, and one line says what is undone, when', () => {
  it('Redis is frozen', async () => {
    const redis = await own(startRedis());
    const options = { ...optionsOf({ redis }), shutdownTimeoutMs: DEADLINE_MS };
    const one = await start(options);
    redis.kill('SIGSTOP');
    one.kill('SIGTERM');
    const { signal, stdout, stderr } = await one.done;
    expect(signal).toBe('SIGTERM');
    expect(stdout).toBe('ready\n');
    const job = options.prometheus.jobs[0] as string;
    expect(logged(stderr)).toEqual([
      expect.stringContaining(
        `Ended with counts lost (shutdownTimeoutMs: ${DEADLINE_MS}): ` +
          `what was counted in 1 series of job "${job}" is lost; job "${job}" not pushed: the store did not answer`,
      ),
    ]);
  });

  it('the gateway is frozen: everything is stored, the turn is free', async () => {
    const gateway = await own(startPushgateway());
    const base = optionsOf({ gateway });
    const pushgateway = { ...base.pushgateway, timeoutMs: NEVER_MS };
    const options = { ...base, pushgateway, shutdownTimeoutMs: DEADLINE_MS };
    const one = await start(options);
    gateway.kill('SIGSTOP');
    one.kill('SIGTERM');
    const { signal, stdout, stderr } = await one.done;
    expect(signal).toBe('SIGTERM');
    expect(stderr).toBe('');
    const job = options.prometheus.jobs[0] as string;
    expect(logged(stdout)).toEqual([
      expect.stringContaining(`Ended with work undone (shutdownTimeoutMs: ${DEADLINE_MS}): job "${job}" not pushed: `),
    ]);
    expect(await turns(stack.redis)).toEqual([]);
    const reader = await startApp({ ...options, autoPush: false });
    expect(await reader.metrics.text()).toContain('orders_total 8\n');
    await reader.close();
  });

  it('the gateway is away', async () => {
    const gateway = await own(startPushgateway());
    const options = optionsOf({ gateway });
    const one = await start(options);
    await gateway.stop();
    one.kill('SIGTERM');
    const { signal, stdout } = await one.done;
    expect(signal).toBe('SIGTERM');
    expect(logged(stdout)).toEqual([
      expect.stringContaining(`Pushgateway ${gateway.url} unreachable: connect ECONNREFUSED`),
    ]);
    expect(await turns(stack.redis)).toEqual([]);
  });
});
