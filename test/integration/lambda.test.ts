import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { ROOT } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import type { Answer, Invocation } from '../support/processes/lambda.js';

/** Longer than `timeoutMs` below, and than the silence after which a connection is given up. */
const FROZEN_MS = 6_000;
/** Longer than `timeoutMs` alone. */
const SHORTLY_MS = 2_000;

let redis: RunningServer;
let gateway: RunningServer;
let lambda: ChildProcess;

beforeEach(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  const options = {
    prometheus: { host: '127.0.0.1:9', instance: 'lambda', jobs: ['orders'] },
    pushgateway: { host: gateway.address, redis: redis.address, timeoutMs: 1_000 },
    autoPush: false,
  };
  lambda = fork(`${ROOT}dist/test/support/processes/lambda.js`, {
    env: { PATH: process.env['PATH'], OPTIONS: JSON.stringify(options) },
    execArgv: [],
  });
  await once(lambda, 'message');
});
afterEach(async () => {
  const ended = once(lambda, 'exit');
  lambda.kill('SIGKILL');
  await ended;
  await Promise.all([redis.stop(), gateway.stop()]);
});

async function invoke(invocation: Invocation): Promise<Answer> {
  const answer = once(lambda, 'message');
  lambda.send(invocation);
  return ((await answer) as [Answer])[0];
}

async function shown(): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^invocations_total\{.*\} (\d+)$/m.exec(text)?.[1]);
}

/** What the freeze takes away: whoever waits for an answer of this process gives up. */
async function frozen(forMs: number, meanwhile?: () => Promise<unknown>): Promise<void> {
  lambda.kill('SIGSTOP');
  await meanwhile?.();
  // Not a wait for something: the time for which nothing of the process runs is what is tested.
  await wait(forMs);
  lambda.kill('SIGCONT');
}

it('counts exactly through a freeze in which its connections were cut', async () => {
  expect(await invoke({ counts: 3, pushes: true })).toMatchObject({ result: { outcome: 'pushed' }, lines: [] });
  expect(await shown()).toBe(3);
  await frozen(FROZEN_MS, async () => {
    const admin = new Redis(redis.port, '127.0.0.1');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await admin.quit();
  });
  expect(await invoke({ counts: 4, pushes: true })).toMatchObject({ result: { outcome: 'pushed' } });
  expect(await shown()).toBe(7);
});

it('counts exactly when it is frozen before anything of an invocation was stored', async () => {
  await invoke({ counts: 1, pushes: true });
  const { handles } = await invoke({ counts: 5, pushes: false });
  await frozen(SHORTLY_MS);
  const thawed = await invoke({ counts: 2, pushes: true });
  expect(thawed).toMatchObject({ result: { outcome: 'pushed' }, lines: [] });
  expect(await shown()).toBe(8);
  // A connection or two are kept for the next invocation, and no timer piles up.
  expect(thawed.handles.length).toBeLessThanOrEqual(handles.length + 2);
});
