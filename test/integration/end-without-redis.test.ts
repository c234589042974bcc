import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { type RunningNode, runNode } from '../support/run-node.js';
import { freePort, type RunningServer, startRedis } from '../support/servers.js';
import { type App, startApp } from './app.js';

/** What would be waited for, if anything were. */
const SHUTDOWN_MS = 600_000;
/** Far less, and far more than a process takes to start and to end, however slow the machine. */
const AT_ONCE_MS = 100_000;
const PATIENCE_MS = 1_500;

jest.setTimeout(120_000);

const servers: RunningServer[] = [];
const processes: RunningNode[] = [];
let error: jest.SpyInstance;

beforeEach(() => {
  error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const process of processes.splice(0)) process.kill('SIGKILL');
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function ownRedis(password?: string): Promise<RunningServer> {
  const redis = await startRedis({ ...(password && { password }) });
  servers.push(redis);
  return redis;
}

const optionsWith = (redis: string, shutdownTimeoutMs = SHUTDOWN_MS): PrometheusPushgatewayModuleOptions => ({
  prometheus: { host: '127.0.0.1:9', jobs: [`job-${randomUUID()}`] },
  pushgateway: { host: '127.0.0.1:9', redis, flushIntervalMs: 20 },
  metrics: [{ name: 'starts_total', help: 'Starts', type: 'counter' }],
  shutdownTimeoutMs,
});

const orders = ({ metrics }: App) => metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });

/** How long it takes to end, in milliseconds. */
async function timeToEnd(app: App): Promise<number> {
  const begun = performance.now();
  await app.close();
  return performance.now() - begun;
}

/** Of Redis that was never reached: nobody listens, or it wants a password. */
async function unreachable(how: string): Promise<string> {
  if (how === 'nobody listens') return `127.0.0.1:${await freePort()}`;
  const { port } = await ownRedis('secret');
  return how === 'no password is given' ? `127.0.0.1:${port}` : `redis://:wrong@127.0.0.1:${port}`;
}

describe.each(['nobody listens', 'the password is wrong', 'no password is given'])('where %s', (how) => {
  it('an application ends at once, and says what is lost', async () => {
    const options = optionsWith(await unreachable(how));
    const app = await startApp(options);
    orders(app).inc({ type: 'blue' }, 5);
    await expect(app.metrics.flush()).rejects.toThrow();
    expect(await timeToEnd(app)).toBeLessThan(AT_ONCE_MS);
    expect(error.mock.calls).toEqual([
      [
        expect.stringMatching(
          `^Ended with counts lost \\(redis://127\\.0\\.0\\.1:\\d+ was never reached by this process\\): what was counted ` +
            `in 1 series of job "${app.job}" is lost; job "${app.job}" not pushed: the store did not answer$`,
        ),
      ],
    ]);
  });
});

it('commands end at once', async () => {
  const options = optionsWith(await unreachable('nobody listens'));
  const begun = performance.now();
  const ends = [['push'], ['push', '--dry-run'], ['status'], ['doctor']].map(async (args) => {
    const command = runNode('test/support/processes/command.js', args, { OPTIONS: JSON.stringify(options) });
    processes.push(command);
    expect(await command.done).toMatchObject({ code: 1, signal: null });
    expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS);
  });
  await Promise.all(ends);
});

describe('where Redis goes away', () => {
  it('an application with nothing unsent ends at once, and loses nothing', async () => {
    const redis = await ownRedis();
    const app = await startApp(optionsWith(redis.address));
    orders(app).inc({ type: 'blue' }, 5);
    await app.metrics.flush();
    await redis.stop();
    expect(await timeToEnd(app)).toBeLessThan(AT_ONCE_MS);
    expect(error).not.toHaveBeenCalled();
  });

  it('an application with counts goes on trying, and says what is lost', async () => {
    const redis = await ownRedis();
    const app = await startApp(optionsWith(redis.address, PATIENCE_MS));
    await app.metrics.flush();
    await redis.stop();
    orders(app).inc({ type: 'blue' }, 5);
    expect(await timeToEnd(app)).toBeGreaterThan(PATIENCE_MS - 100);
    expect(error.mock.calls).toEqual([
      [
        expect.stringContaining(
          `Ended with counts lost (shutdownTimeoutMs: ${PATIENCE_MS}): what was counted in 1 series`,
        ),
      ],
    ]);
  });
});
