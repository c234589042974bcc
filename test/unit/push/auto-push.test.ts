import { getMaxListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { PushResult } from '../../../lib/model/index.js';
import type { AutoPushOptions } from '../../../lib/options/index.js';
import { AUTO_PUSH_NAME, AutoPush, type PushService } from '../../../lib/push/index.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A Monday, in the zone that the cron expressions are read in. */
const MONDAY_NOON = new Date(2026, 0, 5, 12, 0, 0).getTime();

interface TickOptions {
  notAgainWithinMs: number;
  signal: AbortSignal;
}

const RESULT = { instance: 'one', gateways: ['http://gateway:9091'], series: 12 };
const FIRST = ['First push: job "shop" (12 series) of instance "one" to http://gateway:9091, and again every 1 s'];

let registry: SchedulerRegistry;
let autoPush: AutoPush;
let push: jest.Mock<Promise<PushResult>, [job: string, options: TickOptions]>;
let outcome: Partial<PushResult>;
let warn: jest.SpyInstance;
let log: jest.SpyInstance;

const atSigterm = (): void => undefined;

beforeEach(() => {
  process.on('SIGTERM', atSigterm);
  jest.useFakeTimers({ now: MONDAY_NOON });
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  registry = new SchedulerRegistry();
  outcome = { outcome: 'pushed', gateway: 'http://gateway:9091' };
  push = jest.fn<Promise<PushResult>, [job: string, options: TickOptions]>((job) =>
    Promise.resolve({ ...RESULT, job, ...outcome } as PushResult),
  );
});

afterEach(async () => {
  process.off('SIGTERM', atSigterm);
  await autoPush.stop();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

async function start(options: AutoPushOptions, jobs: readonly string[] = ['shop'], registered = true): Promise<void> {
  autoPush = new AutoPush(options, jobs, { push } as unknown as PushService, registered ? registry : undefined);
  await autoPush.start();
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('every so many milliseconds', () => {
  it('gives all jobs one signal, to which as many may listen', async () => {
    await start({ everyMs: SECOND_MS }, ['shop', 'stock']);
    await pass(SECOND_MS);
    const [first, second] = push.mock.calls.map(([, { signal }]) => signal);
    expect(first).toBe(second);
    expect(getMaxListeners(first as AbortSignal)).toBe(Infinity);
  });

  it('pushes all jobs, first after one interval', async () => {
    await start({ everyMs: 15 * SECOND_MS }, ['shop', 'stock']);
    expect(registry.getIntervals()).toEqual([AUTO_PUSH_NAME]);
    await pass(15 * SECOND_MS - 1);
    expect(push).not.toHaveBeenCalled();
    await pass(1);
    expect(push.mock.calls.map(([job]) => job)).toEqual(['shop', 'stock']);
    await pass(30 * SECOND_MS);
    expect(push).toHaveBeenCalledTimes(6);
  });

  it('warns once, with the first push, where nobody handles SIGTERM', async () => {
    process.off('SIGTERM', atSigterm);
    await start({ everyMs: SECOND_MS });
    await pass(3 * SECOND_MS);
    expect(warn.mock.calls).toEqual([
      ['Nobody here handles SIGTERM: call app.enableShutdownHooks(), or what is counted last before it is lost'],
    ]);
  });

  it('leaves a push out that another replica made at the same tick', async () => {
    await start({ everyMs: 15 * SECOND_MS });
    await pass(15 * SECOND_MS);
    const within = push.mock.calls[0]?.[1].notAgainWithinMs ?? 0;
    expect(within).toBe(11_250);
  });

  it('ends', async () => {
    await start({ everyMs: SECOND_MS });
    await pass(SECOND_MS);
    await autoPush.stop();
    await pass(10 * SECOND_MS);
    expect(push).toHaveBeenCalledTimes(1);
    expect(registry.getIntervals()).toEqual([]);
    await autoPush.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a push that is not over at the next tick', () => {
  it('is not made twice, and does not hold up other jobs', async () => {
    let finish: (result: PushResult) => void = () => undefined;
    push.mockImplementation((job) =>
      job === 'shop'
        ? new Promise((resolve) => (finish = resolve))
        : Promise.resolve({ job, ...outcome } as PushResult),
    );
    await start({ everyMs: SECOND_MS }, ['shop', 'stock']);
    await pass(3 * SECOND_MS);
    expect(push.mock.calls.map(([job]) => job)).toEqual(['shop', 'stock', 'stock', 'stock']);
    finish({ job: 'shop', ...outcome } as PushResult);
    await pass(SECOND_MS);
    expect(push.mock.calls.filter(([job]) => job === 'shop')).toHaveLength(2);
    finish({ job: 'shop', ...outcome } as PushResult);
  });

  it('is told to wait for nobody when the application ends, which waits for it', async () => {
    const ended: string[] = [];
    push.mockImplementation(
      (job, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            ended.push('push');
            resolve({ job, outcome: 'skipped' } as PushResult);
          });
        }),
    );
    await start({ everyMs: SECOND_MS });
    await pass(SECOND_MS);
    await autoPush.stop();
    ended.push('stop');
    expect(ended).toEqual(['push', 'stop']);
  });
});

describe('by cron expression', () => {
  it('pushes all jobs when it is time', async () => {
    await start({ cron: '*/10 * * * * *' }, ['shop', 'stock']);
    expect([...registry.getCronJobs().keys()]).toEqual([AUTO_PUSH_NAME]);
    await pass(9 * SECOND_MS);
    expect(push).not.toHaveBeenCalled();
    await pass(SECOND_MS);
    expect(push.mock.calls.map(([job]) => job)).toEqual(['shop', 'stock']);
    await pass(50 * SECOND_MS);
    expect(push).toHaveBeenCalledTimes(12);
  });

  it('takes five fields', async () => {
    await start({ cron: '*/5 * * * *' });
    await pass(15 * MINUTE_MS);
    expect(push).toHaveBeenCalledTimes(3);
  });

  it('ends', async () => {
    await start({ cron: '* * * * * *' });
    await pass(SECOND_MS);
    await autoPush.stop();
    await pass(10 * SECOND_MS);
    expect(push).toHaveBeenCalledTimes(1);
    expect(registry.getCronJobs().size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['every minute', '* * * * *', HOUR_MS, 60],
    ['every 7 minutes, 4 at the end of the hour', '*/7 * * * *', 3 * HOUR_MS, 27],
    ['hourly, from nine to five on workdays', '0 9-17 * * 1-5', 2 * 24 * HOUR_MS, 18],
    ['at uneven hours', '0 0,1,12 * * *', 4 * 24 * HOUR_MS, 12],
    ['daily', '@daily', 3 * 24 * HOUR_MS, 3],
  ])('leaves no tick out for the one before it: %s', async (_, cron, ms, ticks) => {
    let lastPushedAt = 0;
    let pushes = 0;
    push.mockImplementation((job, { notAgainWithinMs }) => {
      const isRecent = Date.now() - lastPushedAt < notAgainWithinMs;
      if (!isRecent) {
        lastPushedAt = Date.now();
        pushes += 1;
      }
      return Promise.resolve({ job, outcome: isRecent ? 'skipped' : 'pushed' } as PushResult);
    });
    await start({ cron });
    await pass(ms);
    expect(push).toHaveBeenCalledTimes(ticks);
    expect(pushes).toBe(ticks);
  });

  it('leaves a push out that another replica made at the same tick', async () => {
    await start({ cron: '* * * * *' });
    await pass(MINUTE_MS);
    const within = push.mock.calls[0]?.[1].notAgainWithinMs ?? 0;
    expect(within).toBeGreaterThanOrEqual(5 * SECOND_MS);
    expect(within).toBeLessThan(MINUTE_MS);
  });
});

describe('without a SchedulerRegistry', () => {
  it.each<AutoPushOptions>([{ everyMs: SECOND_MS }, { cron: '* * * * * *' }])('runs and ends, %j', async (options) => {
    await start(options, ['shop'], false);
    await pass(2 * SECOND_MS);
    expect(push).toHaveBeenCalledTimes(2);
    await autoPush.stop();
    await pass(10 * SECOND_MS);
    expect(push).toHaveBeenCalledTimes(2);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('ended while it starts', () => {
  it('runs nothing', async () => {
    const starting = start({ cron: '* * * * * *' });
    await autoPush.stop();
    await starting;
    await pass(10 * SECOND_MS);
    expect(push).not.toHaveBeenCalled();
    expect(registry.getCronJobs().size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('never', () => {
  it('starts nothing', async () => {
    await start(false);
    expect(registry.getIntervals()).toEqual([]);
    expect(registry.getCronJobs().size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a job that fails', () => {
  it('is warned of once, and told of when it works again', async () => {
    await start({ everyMs: SECOND_MS }, ['shop']);
    outcome = { outcome: 'failed', reason: 'connection refused' };
    await pass(3 * SECOND_MS);
    expect(warn.mock.calls).toEqual([['Push of job "shop" failed: connection refused']]);
    outcome = { outcome: 'skipped', reason: 'another push is under way' };
    await pass(SECOND_MS);
    expect(log).not.toHaveBeenCalled();
    outcome = { outcome: 'pushed', gateway: 'http://gateway:9091' };
    await pass(2 * SECOND_MS);
    expect(log.mock.calls).toEqual([['Push of job "shop" to http://gateway:9091 works again'], FIRST]);
    outcome = { outcome: 'failed', reason: 'timed out' };
    await pass(2 * SECOND_MS);
    expect(warn.mock.calls).toEqual([
      ['Push of job "shop" failed: connection refused'],
      ['Push of job "shop" failed: timed out'],
    ]);
  });

  it('is warned of beside others that work', async () => {
    await start({ everyMs: SECOND_MS }, ['shop', 'stock']);
    push.mockImplementation((job) =>
      Promise.resolve({
        ...RESULT,
        job,
        outcome: job === 'stock' ? 'failed' : 'pushed',
        reason: 'refused',
      } as PushResult),
    );
    await pass(3 * SECOND_MS);
    expect(warn.mock.calls).toEqual([['Push of job "stock" failed: refused']]);
    expect(log.mock.calls).toEqual([FIRST]);
  });

  it('is not spoken of when it is left out', async () => {
    await start({ everyMs: SECOND_MS });
    outcome = { outcome: 'skipped', reason: 'nothing to push: the store holds no series' };
    await pass(SECOND_MS);
    expect([...warn.mock.calls, ...log.mock.calls]).toEqual([]);
  });
});

describe('the first push', () => {
  it('is told once, with all jobs of its tick, their gateways, and how often', async () => {
    await start({ cron: '*/10 * * * * *' }, ['shop', 'stock', 'cellar']);
    push.mockImplementation((job) => {
      const isPushed = job !== 'cellar';
      const gateways = job === 'shop' ? ['http://a:1'] : ['http://a:1', 'http://b:1'];
      return Promise.resolve({ ...RESULT, job, gateways, outcome: isPushed ? 'pushed' : 'skipped' } as PushResult);
    });
    await pass(60 * SECOND_MS);
    expect(log.mock.calls).toEqual([
      [
        'First push: jobs "shop" (12 series), "stock" (12 series) of instance "one" to http://a:1, http://b:1, and again at "*/10 * * * * *"',
      ],
    ]);
  });
});
