import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { NEEDED_COMMANDS } from '../../lib/store/redis/rights/trial.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';

const ROOT = join(__dirname, '../..');
const KEYS = '~prometheus_pushgateway:*';

let server: RunningServer;
let gateway: RunningServer;
let admin: Redis;
let user: string;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  [server, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  admin = new Redis({ port: server.port });
});
afterAll(async () => {
  admin.disconnect();
  await Promise.all([server.stop(), gateway.stop()]);
});
beforeEach(() => (user = `user-${randomUUID()}`));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  jest.restoreAllMocks();
});

/** The line that documentation gives to an administrator. */
function documented(): string[] {
  const [, line = ''] = /^(ACL SETUSER metrics .*)$/m.exec(readFileSync(join(ROOT, 'docs/redis.md'), 'utf8')) ?? [];
  return line.split(' ').slice(3);
}

const allow = (...rules: string[]): Promise<unknown> =>
  admin.call('ACL', 'SETUSER', user, 'on', '>pw', '+info', ...rules);
const needed = (...without: string[]): string[] =>
  NEEDED_COMMANDS.filter((name) => !without.includes(name)).map((name) => `+${name}`);
const address = (): string => `redis://${user}:pw@${server.address}`;

function storeOf(waitForReplicas = 0): RedisStore {
  const store = new RedisStore(address(), 'prometheus_pushgateway', { waitForReplicas });
  opened.push(store);
  return store;
}

async function start(): Promise<App> {
  const app = await startApp({
    prometheus: { host: '127.0.0.1:9', instance: 'test', jobs: [randomUUID()] },
    pushgateway: { host: gateway.address, redis: address(), flushIntervalMs: 20 },
    autoPush: false,
    shutdownTimeoutMs: 200,
  });
  opened.push(app);
  return app;
}

describe('a user of Redis with no more rights than documented', () => {
  it('does everything', async () => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue(undefined);
    await allow(...documented());
    await storeOf().rehearse();
    const { metrics } = await start();
    metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
    expect(await metrics.push()).toMatchObject({ outcome: 'pushed' });
    const [facts] = await storeOf().diagnose();
    expect(facts).toMatchObject({ refusesWrites: false, snapshots: false, clockAheadMs: expect.any(Number) as number });
    expect(warn.mock.calls).toEqual([]);
  });

  it('may run what scripts call, and nothing else that changes data', () => {
    const scripts = join(ROOT, 'lib/store/redis/scripts');
    const text = readdirSync(scripts).map((name) =>
      readFileSync(join(scripts, name), 'utf8').replace(/^--\[\[[\s\S]*?\]\]/, ''),
    );
    const called = text.join('\n').matchAll(/(?:\bp?call|undo_by)\(\s*'([A-Z]+)'/g);
    const names = new Set([...called].map(([, name = '']) => name.toLowerCase()));
    expect([...names, 'eval', 'evalsha'].sort()).toEqual([...NEEDED_COMMANDS].sort());
    const further = ['+select', '+wait', '+info', '+config|get', '+client|setname'];
    expect(documented().slice(2).sort()).toEqual([KEYS, ...needed(), ...further].sort());
  });
});

describe('a user of Redis who may not do all that is needed', () => {
  it.each([
    [['hset', 'zadd'], `run hset, zadd: ACL SETUSER <user> +hset +zadd`],
    [['time'], 'run time: ACL SETUSER <user> +time'],
    [['evalsha', 'eval'], 'run eval, evalsha: ACL SETUSER <user> +eval +evalsha'],
  ])('without %j hears so once, and what allows it', async (commands, said) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await allow(KEYS, ...needed(...commands));
    const expected = `Redis redis://${server.address} does not let user "${user}" ${said.replace('<user>', user)}`;
    await expect(storeOf().rehearse()).rejects.toThrow(expected);

    const { metrics } = await start();
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders' });
    orders.inc(5);
    await expect(metrics.flush()).rejects.toThrow(expected);
    orders.inc(2);
    await expect(metrics.flush()).rejects.toThrow(expected);
    expect(await metrics.push()).toMatchObject({ outcome: 'failed', reason: expected });
    const about = warn.mock.calls.filter(([text]: unknown[]) => String(text).includes('ACL SETUSER'));
    expect(about).toHaveLength(1);

    // What the message says is typed as it stands.
    await admin.call(...(expected.slice(expected.indexOf('ACL')).split(' ') as [string, ...string[]]));
    await metrics.flush();
    expect(await metrics.text()).toContain('\norders_total 7\n');
  });

  it('without a command that only pushes need', async () => {
    await allow(KEYS, ...needed('set'));
    const { metrics } = await start();
    metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
    await metrics.flush();
    const reason = expect.stringContaining(`run set: ACL SETUSER ${user} +set`) as string;
    expect(await metrics.push()).toMatchObject({ outcome: 'failed', reason });
    await expect(storeOf().rehearse()).rejects.toThrow(`run set: ACL SETUSER ${user} +set`);
  });

  it('without our keys', async () => {
    await allow('~other:*', ...needed());
    const message = `does not let user "${user}" use keys like prometheus_pushgateway:*: ACL SETUSER ${user} ${KEYS}`;
    await expect(storeOf().rehearse()).rejects.toThrow(message);
    await expect((await start()).metrics.text()).rejects.toThrow(message);
  });

  it('without SELECT, or WAIT', async () => {
    await allow(KEYS, ...needed());
    const elsewhere = new RedisStore(`${address()}/1`, 'prometheus_pushgateway');
    opened.push(elsewhere);
    await expect(elsewhere.rehearse()).rejects.toThrow(`run select: ACL SETUSER ${user} +select`);
    await expect(storeOf(1).rehearse()).rejects.toThrow(`run wait: ACL SETUSER ${user} +wait`);
  });
});

it('a trial leaves nothing that does not expire, wherever it ends', async () => {
  await allow('allkeys', ...needed());
  const others = new Set(await admin.keys('*'));
  await storeOf().rehearse();
  const left = (await admin.keys('*')).filter((key) => !others.has(key));
  expect(left.length).toBeGreaterThan(0);
  for (const key of left) expect([key, (await admin.pttl(key)) > 0]).toEqual([key, true]);
  expect(left.filter((key) => !key.startsWith('prometheus_pushgateway:{trial-'))).toEqual([]);

  const during: number[] = [];
  const finished = storeOf()
    .rehearse()
    .then(() => true);
  await waitFor(
    async () => {
      const keys = await admin.keys('prometheus_pushgateway:{trial-*');
      during.push(...(await Promise.all(keys.map((key) => admin.pttl(key)))));
      return Promise.race([finished, Promise.resolve(false)]);
    },
    { message: 'the trial to end' },
  );
  expect(during).not.toContain(-1);
});
