import { Logger } from '@nestjs/common';
import type { UpdateBuffers } from '../../../lib/buffer/index.js';
import type { Group, PushResult } from '../../../lib/model/index.js';
import { type PushService, Shutdown } from '../../../lib/push/index.js';
import { groups, shop } from './support.js';

/** Real timers stand behind node:timers/promises whatever `setTimeout` is: here it waits by the clock in its place. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delayMs: number, value: unknown) => new Promise((resolve) => setTimeout(resolve, delayMs, value)),
}));

const TIMEOUT_MS = 5_000;
const stock = groups[1] as Group;
const never = <T>(): Promise<T> => new Promise(() => undefined);

/** What the end asks of others, in order. */
let events: string[];
let warn: jest.SpyInstance;
let error: jest.SpyInstance;
/** Whether it ever let this process in. */
let wasReached: boolean;
/** Whether the store is needed to leave. */
let isPresent: boolean;

const close = jest.fn<Promise<ReadonlyMap<string, number>>, [deadlineMs: number]>();
const push = jest.fn<Promise<Partial<PushResult>>, [job: string]>();
const giveUp = jest.fn<Promise<void>, []>();
const leave = jest.fn<Promise<readonly Group[]>, []>();
const removeLeft = jest.fn<Promise<void>, [group: Group]>();
const ping = jest.fn<Promise<void>, []>();

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  wasReached = true;
  isPresent = true;
  ping.mockResolvedValue();
  events = [];
  const note = (event: string): void => void events.push(event);
  close.mockImplementation((deadlineMs) => {
    note(`store within ${deadlineMs}`);
    return Promise.resolve(new Map());
  });
  push.mockImplementation((job) => {
    note(`push ${job}`);
    return Promise.resolve({ job, outcome: 'pushed' });
  });
  giveUp.mockImplementation(() => {
    note(`give up at ${Date.now()}`);
    return Promise.resolve();
  });
  leave.mockImplementation(() => {
    note('leave');
    return Promise.resolve([]);
  });
  removeLeft.mockImplementation(({ job }) => {
    note(`delete ${job}`);
    return Promise.resolve();
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.resetAllMocks();
  jest.useRealTimers();
});

function shutdownWith(options: { pushOnShutdown?: boolean } = {}): Shutdown {
  return new Shutdown(
    { jobs: ['shop', 'stock'], pushOnShutdown: true, shutdownTimeoutMs: TIMEOUT_MS, ...options },
    { close } as unknown as UpdateBuffers,
    { push, giveUp } as unknown as PushService,
    { isPresent, leave, removeLeft },
    { address: 'redis://test', wasReached, ping },
  );
}

/** When the end is over. */
async function endOf(shutdown: Shutdown): Promise<number> {
  let over: number | undefined;
  void shutdown.run().then(() => (over = Date.now()));
  await jest.advanceTimersByTimeAsync(2 * TIMEOUT_MS);
  return over ?? Infinity;
}

const undone = (...what: string[]): unknown[][] => [
  [`Ended with work undone (shutdownTimeoutMs: ${TIMEOUT_MS}): ${what.join('; ')}`],
];
const lost = (...what: string[]): unknown[][] => [
  [`Ended with counts lost (shutdownTimeoutMs: ${TIMEOUT_MS}): ${what.join('; ')}`],
];

describe('run()', () => {
  it('stores, leaves, pushes, gives turns back, and stores what was counted meanwhile, without a word', async () => {
    expect(await endOf(shutdownWith())).toBe(0);
    expect(events).toEqual([
      'store within 4000',
      'leave',
      'push shop',
      'push stock',
      'give up at 0',
      'store within 5000',
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    ['is away', () => Promise.reject(new Error('away')), false],
    ['does not answer', (): Promise<void> => never(), false],
    ['freezes while the process leaves', () => Promise.resolve(), true],
  ])('ends all signs of life, also if the store %s', async (_, pinged, havePartsStored) => {
    ping.mockImplementation(pinged);
    const processGroup = { hasBegun: true, end: jest.fn((): Promise<void> => never()) };
    const buffers = { close, havePartsStored, leave: (): Promise<void> => never() } as unknown as UpdateBuffers;
    const shutdown = new Shutdown(
      { jobs: ['shop'], pushOnShutdown: true, shutdownTimeoutMs: TIMEOUT_MS },
      buffers,
      { push, giveUp } as unknown as PushService,
      { isPresent, leave, removeLeft },
      { address: 'redis://test', wasReached, ping },
      processGroup,
    );
    expect(await endOf(shutdown)).toBeLessThanOrEqual(TIMEOUT_MS);
    expect(processGroup.end).toHaveBeenCalledTimes(1);
    expect(leave).toHaveBeenCalledTimes(1);
  });

  it('happens once, however often the application is closed, and says nothing of a second time', async () => {
    const shutdown = shutdownWith();
    await Promise.all([endOf(shutdown), shutdown.run()]);
    await shutdown.run();
    expect(push.mock.calls).toEqual([['shop'], ['stock']]);
    expect(giveUp).toHaveBeenCalledTimes(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it('pushes nothing without pushOnShutdown: storing may take all the time', async () => {
    await endOf(shutdownWith({ pushOnShutdown: false }));
    expect(events[0]).toBe('store within 5000');
    expect(push).not.toHaveBeenCalled();
    expect(giveUp).toHaveBeenCalledTimes(1);
  });

  it('removes the groups that this process is the last of, and pushes only the others', async () => {
    leave.mockResolvedValue([shop]);
    await endOf(shutdownWith());
    expect(removeLeft.mock.calls).toEqual([[shop]]);
    expect(push.mock.calls).toEqual([['stock']]);
    expect(warn).not.toHaveBeenCalled();
  });

  it('neither pushes nor removes for a process that leaves gateways alone, but ends its signs of life', async () => {
    leave.mockResolvedValue([shop, stock]);
    const shutdown = shutdownWith();
    shutdown.leaveGatewaysAlone();
    await endOf(shutdown);
    expect(leave).toHaveBeenCalledTimes(1);
    expect(push).not.toHaveBeenCalled();
    expect(removeLeft).not.toHaveBeenCalled();
    expect(close).toHaveBeenCalledTimes(2);
  });

  it('pushes every job when the store cannot tell who is the last', async () => {
    leave.mockRejectedValue(new Error('Redis away'));
    await endOf(shutdownWith());
    expect(push.mock.calls).toEqual([['shop'], ['stock']]);
  });
});

describe('what is undone', () => {
  it('is said in one line', async () => {
    leave.mockResolvedValue([stock]);
    removeLeft.mockRejectedValue(new Error('gateway away'));
    push.mockResolvedValue({ job: 'shop', outcome: 'failed', reason: 'refused' });
    await endOf(shutdownWith());
    expect(warn.mock.calls).toEqual(undone('job "shop" not pushed: refused', 'job "stock" not deleted: gateway away'));
    expect(error).not.toHaveBeenCalled();
  });

  it('is said as an error, with how many, if counts are lost', async () => {
    push.mockResolvedValue({ job: 'shop', outcome: 'failed', reason: 'refused' });
    close.mockResolvedValueOnce(new Map()).mockResolvedValueOnce(new Map([['shop', 3]]));
    await endOf(shutdownWith());
    expect(error.mock.calls).toEqual(
      lost(
        'what was counted in 3 series of job "shop" is lost',
        'job "shop" not pushed: refused',
        'job "stock" not pushed: refused',
      ),
    );
    expect(warn).not.toHaveBeenCalled();
  });

  it('is no push that another process has made', async () => {
    push.mockImplementation((job) => Promise.resolve({ job, outcome: 'skipped', reason: 'another process pushed' }));
    await endOf(shutdownWith());
    expect(warn).not.toHaveBeenCalled();
  });

  it('is the push of a job that could not be stored; others are pushed', async () => {
    close.mockResolvedValue(new Map([['shop', 3]]));
    await endOf(shutdownWith());
    expect(push.mock.calls).toEqual([['stock']]);
    expect(error.mock.calls).toEqual(
      lost('what was counted in 3 series of job "shop" is lost', 'job "shop" not pushed: the store did not answer'),
    );
  });
});

describe('without a store', () => {
  beforeEach(() => ping.mockRejectedValue(new Error('connect ECONNREFUSED')));

  it('ends at once: neither pushes nor waits to leave, and says so', async () => {
    leave.mockImplementation(never);
    expect(await endOf(shutdownWith())).toBe(0);
    expect(leave).toHaveBeenCalledTimes(1);
    expect(push).not.toHaveBeenCalled();
    expect(warn.mock.calls).toEqual(
      undone('job "shop" not pushed: the store did not answer', 'job "stock" not pushed: the store did not answer'),
    );
  });

  it('ends within a second if it does not answer at all', async () => {
    ping.mockImplementation(never);
    expect(await endOf(shutdownWith())).toBe(1_000);
    expect(push).not.toHaveBeenCalled();
  });

  it('does not wait to leave where nothing is pushed either', async () => {
    leave.mockImplementation(never);
    const shutdown = shutdownWith();
    shutdown.leaveGatewaysAlone();
    expect(await endOf(shutdown)).toBe(0);
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not ask for it where it is not needed', async () => {
    isPresent = false;
    await endOf(shutdownWith({ pushOnShutdown: false }));
    expect(ping).not.toHaveBeenCalled();
  });

  it('says that it was never reached', async () => {
    wasReached = false;
    close.mockResolvedValue(new Map([['shop', 3]]));
    await endOf(shutdownWith());
    expect(error.mock.calls).toEqual([
      [
        'Ended with counts lost (redis://test was never reached by this process): what was counted in 3 series of job ' +
          '"shop" is lost; job "shop" not pushed: the store did not answer; job "stock" not pushed: the store did not answer',
      ],
    ]);
  });
});

describe('the deadline', () => {
  it('gives pushes up early enough to give their turns back', async () => {
    let end: (result: Partial<PushResult>) => void = () => undefined;
    push.mockImplementation((job) =>
      job === 'shop' ? new Promise((resolve) => (end = resolve)) : Promise.resolve({ job, outcome: 'pushed' }),
    );
    giveUp.mockImplementation(() => {
      events.push(`give up at ${Date.now()}`);
      end({ job: 'shop', outcome: 'failed', reason: 'the application ended first' });
      return Promise.resolve();
    });
    expect(await endOf(shutdownWith())).toBe(4_000);
    expect(events).toContain('give up at 4000');
    expect(warn.mock.calls).toEqual(undone('job "shop" not pushed: the application ended first'));
  });

  it('ends without pushes that cannot be given up, and names them alone', async () => {
    push.mockImplementation((job) => (job === 'shop' ? never() : Promise.resolve({ job, outcome: 'pushed' })));
    giveUp.mockImplementation(never);
    // A timer of 0 ms takes one.
    expect(await endOf(shutdownWith())).toBeLessThanOrEqual(TIMEOUT_MS + 1);
    expect(warn.mock.calls).toEqual(undone('job "shop" not pushed: there was no time left'));
    expect(close).toHaveBeenLastCalledWith(0);
  });

  it.each([true, false])('ends without a removal that takes too long, and names it (pushes: %s)', async (pushes) => {
    leave.mockResolvedValue([shop]);
    removeLeft.mockImplementation(never);
    expect(await endOf(shutdownWith({ pushOnShutdown: pushes }))).toBe(TIMEOUT_MS);
    expect(warn.mock.calls).toEqual(undone('job "shop" not deleted: there was no time left'));
  });

  it('ends when the store does not tell who is the last', async () => {
    leave.mockImplementation(never);
    expect(await endOf(shutdownWith())).toBe(TIMEOUT_MS);
    expect(push).not.toHaveBeenCalled();
    expect(warn.mock.calls).toEqual(
      undone('job "shop" not pushed: there was no time left', 'job "stock" not pushed: there was no time left'),
    );
  });
});
