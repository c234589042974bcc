import { type JobsOptions, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { OrderJob } from '../support/bull-jobs.js';
import { type RunningNode, runNode } from '../support/run-node.js';
import { startStack, type Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

let stack: Stack;
let redis: Redis;
let orders: Queue<OrderJob>;
let mails: Queue<OrderJob>;
const running: RunningNode[] = [];
let reader: App | undefined;

beforeAll(async () => {
  stack = await startStack();
  const connection = { host: '127.0.0.1', port: stack.redis.port };
  redis = new Redis(connection);
  orders = new Queue('orders', { connection, prefix: 'shop' });
  mails = new Queue('mails', { connection, prefix: 'shop' });
}, 60_000);
afterAll(async () => {
  for (const each of running) each.kill('SIGKILL');
  await Promise.all(running.map(({ done }) => done));
  await Promise.all([reader?.close(), orders.close(), mails.close()]);
  redis.disconnect();
  await stack.stop();
});

async function start(options: unknown, ...more: string[]): Promise<RunningNode> {
  const args = [JSON.stringify(options), String(stack.redis.port), ...more];
  const started = runNode('test/support/processes/bull-workers.js', args);
  running.push(started);
  await waitFor(() => started.stdout().includes('ready'), { message: 'the workers to start', timeoutMs: 60_000 });
  return started;
}

/** What is stored of counters, by name and queue. */
async function counted(queue: string): Promise<Record<string, number>> {
  const text = await (reader as App).metrics.text();
  const found = text.matchAll(new RegExp(`^bullmq_job_(\\w+)_total\\{queue="${queue}"\\} (\\d+)$`, 'gm'));
  return Object.fromEntries(Array.from(found, ([, name, value]) => [name as string, Number(value)]));
}

async function truth(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of await redis.hvals('truth')) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** How often BullMQ has begun jobs again that their worker had lost. */
async function stalls(): Promise<number> {
  const jobs = await orders.getJobs(['completed', 'failed']);
  return jobs.reduce((sum, { stalledCounter }) => sum + stalledCounter, 0);
}

async function ended(queue: Queue, jobs: number): Promise<void> {
  await waitFor(async () => (await queue.getJobCountByTypes('completed', 'failed')) === jobs, {
    message: `${jobs} jobs to end`,
  });
}

async function prometheus(matchers: string, name?: string): Promise<number | undefined> {
  const metric = name === undefined ? 'bullmq_job_count' : `bullmq_job_${name}_total`;
  const [sample] = await (reader as App).prometheus.query(`${metric}{queue="orders",${matchers}}`);
  return sample?.value;
}

function many(
  count: number,
  data: OrderJob,
  opts: JobsOptions = {},
): { name: string; data: OrderJob; opts: JobsOptions }[] {
  return Array.from({ length: count }, () => ({ name: 'order', data, opts }));
}

it('jobs of two processes add up in Prometheus to what the jobs say, though one is killed', async () => {
  const options = { ...optionsFor(stack), instrument: { bullmq: true } };
  const pushing = { ...options, autoPush: { everyMs: 500 } };
  const [one, two] = await Promise.all([start(pushing), start(pushing, 'holds')]);
  reader = await startApp({ ...options, instrument: {} });
  await Promise.all([
    orders.addBulk([
      ...many(200, { fails: 0 }),
      ...many(60, { fails: 1 }, { attempts: 3, backoff: 10 }),
      ...many(40, { fails: 2 }, { attempts: 2 }),
      ...many(7, { fails: 0 }, { delay: 3_600_000 }),
    ]),
    mails.addBulk(many(10, { fails: 1 }, { attempts: 2 })),
  ]);
  await Promise.all([ended(orders, 300), ended(mails, 10)]);
  expect(await truth()).toEqual({ completed: 260, failed: 40, retried: 100 });
  await waitFor(async () => {
    expect(await counted('orders')).toMatchObject({ completed: 260, failed: 40, retried: 100 });
    expect(await counted('mails')).toMatchObject({ completed: 10, failed: 0, retried: 10 });
    return true;
  });

  // In the middle of jobs: another process begins them again, and they are counted there.
  await orders.addBulk(many(20, { fails: 0, holds: true }));
  await waitFor(
    async () => {
      const [active, held] = [await orders.getActiveCount(), (await truth())['held']];
      return (await orders.getWaitingCount()) === 0 && active === held;
    },
    { message: 'one process to hold jobs, and the other to have done the rest' },
  );
  two.kill('SIGKILL');
  await two.done;
  await ended(orders, 320);
  expect(await truth()).toEqual({ completed: 280, failed: 40, retried: 100 });
  const stalled = await stalls();
  expect(stalled).toBeGreaterThan(0);
  await waitFor(async () => (await prometheus('state="delayed"')) === 7, { message: 'the depth' });
  one.kill('SIGTERM');
  expect((await one.done).signal).toBe('SIGTERM');
  const all = { completed: 280, failed: 40, retried: 100, stalled };
  expect(await counted('orders')).toEqual(all);

  // What has ended and is not stored when its process is killed: that is missing.
  const three = await start({ ...options, pushgateway: { ...options.pushgateway, flushIntervalMs: 60_000 } });
  await orders.addBulk(many(5, { fails: 0 }));
  await ended(orders, 325);
  three.kill('SIGKILL');
  await three.done;
  expect(await counted('orders')).toEqual(all);
  // The one that was killed may have had the turn to push, which outlasted the end of the other.
  await waitFor(
    async () => {
      await (reader as App).metrics.pushAll();
      for (const [name, count] of Object.entries(all))
        expect([name, await prometheus('', name)]).toEqual([name, count]);
      return true;
    },
    { timeoutMs: 60_000, message: 'Prometheus to have it all' },
  );
}, 120_000);
