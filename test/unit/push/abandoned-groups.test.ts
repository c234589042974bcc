import { Logger } from '@nestjs/common';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import type { Group } from '../../../lib/model/index.js';
import { type GroupRemover, AbandonedGroups, Presence } from '../../../lib/push/index.js';
import type { SignOfLife } from '../../../lib/store/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { gate, groups, shop } from './support.js';

const BEAT_MS = 5_000;
const STALE_MS = 60_000;
const GATEWAYS = ['http://a:1'];
const dead: Group = { job: 'shop', instance: 'dead', labels: {} };
const gone: Group = { job: 'shop', instance: 'gone', labels: {} };
const NAME = 'job="shop", instance="dead"';
const REMOVED = `Removed the group ${NAME}: no process of it has given a sign of life for ${STALE_MS} ms`;
const FAILED = `Cannot remove the group ${NAME}, whose processes are gone: gateway away`;
const FAILURE = new Error('gateway away');

let store: MemoryStore;
let beat: jest.SpyInstance;
let log: jest.SpyInstance;
let warn: jest.SpyInstance;
const remove = jest.fn<Promise<boolean>, [group: Group, quietForMs: number]>();
const started: AbandonedGroups[] = [];

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
  store = new MemoryStore();
  beat = jest.spyOn(store.signsOfLife, 'beat');
  log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  remove.mockResolvedValue(true);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(started.splice(0).map((abandoned) => abandoned.leave()));
  jest.resetAllMocks();
  jest.useRealTimers();
});

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

interface Options {
  staleGroupAfterMs?: number;
  deleteOnShutdown?: boolean;
}

/** One process. */
function start(
  { staleGroupAfterMs, deleteOnShutdown = false }: Options,
  of: readonly Group[] = groups,
): AbandonedGroups {
  const remover = { remove } as unknown as GroupRemover;
  const options = { staleGroupAfterMs, deleteOnShutdown };
  const presence = new Presence(options, of, GATEWAYS, store.signsOfLife);
  const abandoned = new AbandonedGroups(options, presence, store.signsOfLife, remover);
  abandoned.start();
  started.push(abandoned);
  return abandoned;
}

/** A process of these groups has just died. */
async function die(...of: Group[]): Promise<void> {
  await store.signsOfLife.beat({ process: 'died', groups: of, gateways: GATEWAYS, isWatched: true });
  beat.mockClear();
}

const removed = (): Group[] => remove.mock.calls.map(([group]) => group);

it('groups of one process are left to those of their kind, whose signs of life may be further apart', async () => {
  const ofProcess: Group = { job: 'shop', instance: 'host', labels: { process: 'host-1-0a1b2c3d' } };
  await die(ofProcess, dead);
  start({ staleGroupAfterMs: 1_000 });
  await pass(60_000);
  expect(removed()).toContainEqual(dead);
  expect(removed()).not.toContainEqual(ofProcess);
});

describe('signs of life', () => {
  it('are given only if an option asks for them', async () => {
    const abandoned = start({});
    expect(jest.getTimerCount()).toBe(0);
    expect(beat).not.toHaveBeenCalled();
    const leaving = jest.spyOn(store.signsOfLife, 'leave');
    expect(await abandoned.leave()).toEqual([]);
    expect(leaving).not.toHaveBeenCalled();
  });

  it.each<[Options, number]>([
    [{ deleteOnShutdown: true }, BEAT_MS],
    [{ staleGroupAfterMs: STALE_MS }, BEAT_MS],
    [{ staleGroupAfterMs: 10_000 }, 3_334],
  ])('are given at once, then at even intervals: %j', async (options, intervalMs) => {
    start(options);
    const sign = { process: expect.any(String) as string, groups, gateways: GATEWAYS, isWatched: true };
    expect(beat.mock.calls).toEqual([[sign]]);
    await pass(intervalMs - 1);
    expect(beat).toHaveBeenCalledTimes(1);
    await pass(1 + 2 * intervalMs);
    expect(beat).toHaveBeenCalledTimes(4);
    expect(new Set((beat.mock.calls as [SignOfLife][]).map(([{ process }]) => process)).size).toBe(1);
  });

  it('wait for one that is under way', async () => {
    const held = gate();
    beat.mockImplementationOnce(held.pass);
    start({ deleteOnShutdown: true });
    await pass(3 * BEAT_MS);
    expect(beat).toHaveBeenCalledTimes(1);
    held.open();
    await pass(BEAT_MS);
    expect(beat).toHaveBeenCalledTimes(2);
  });

  it('go on, without a word, after the store was away', async () => {
    beat.mockRejectedValueOnce(new StoreUnavailableError('Redis away'));
    jest.spyOn(store.signsOfLife, 'silentGroups').mockRejectedValueOnce(new StoreUnavailableError('Redis away'));
    start({ staleGroupAfterMs: STALE_MS });
    await pass(BEAT_MS);
    expect(beat).toHaveBeenCalledTimes(2);
    expect([...log.mock.calls, ...warn.mock.calls]).toEqual([]);
  });
});

describe('a group whose processes are gone', () => {
  it('is removed after staleGroupAfterMs, which is said once', async () => {
    await die(dead);
    start({ staleGroupAfterMs: STALE_MS });
    await pass(STALE_MS - 1);
    expect(remove).not.toHaveBeenCalled();
    await pass(1);
    expect(remove.mock.calls).toEqual([[dead, STALE_MS]]);
    await pass(STALE_MS);
    expect(remove).toHaveBeenCalledTimes(1);
    expect(log.mock.calls).toEqual([[REMOVED]]);
  });

  it('is left alone without staleGroupAfterMs', async () => {
    await die(dead);
    start({ deleteOnShutdown: true });
    await pass(2 * STALE_MS);
    expect(remove).not.toHaveBeenCalled();
  });

  it('stays on the list, without a word, while it cannot be removed yet', async () => {
    await die(dead);
    remove.mockResolvedValueOnce(false).mockResolvedValueOnce(false);
    start({ staleGroupAfterMs: STALE_MS });
    await pass(STALE_MS + 1 * BEAT_MS);
    expect([...log.mock.calls, ...warn.mock.calls]).toEqual([]);
    await pass(BEAT_MS);
    expect(log.mock.calls).toEqual([[REMOVED]]);
  });

  it('is warned of once when it cannot be removed, does not hold up others, and is tried again', async () => {
    await die(dead, gone);
    remove.mockImplementation(({ instance }) =>
      instance === 'dead' ? Promise.reject(FAILURE) : Promise.resolve(true),
    );
    start({ staleGroupAfterMs: STALE_MS });
    await pass(STALE_MS + 2 * BEAT_MS);
    expect(removed()).toEqual([dead, gone, dead, dead]);
    expect(warn.mock.calls).toEqual([[FAILED]]);
    remove.mockResolvedValue(true);
    await pass(BEAT_MS);
    expect(log.mock.calls).toContainEqual([REMOVED]);
  });

  it('is warned of anew when it came back and died again, whoever had removed it', async () => {
    await die(dead);
    remove.mockRejectedValue(FAILURE);
    start({ staleGroupAfterMs: STALE_MS });
    await pass(STALE_MS);
    await store.signsOfLife.strike(dead, STALE_MS);
    await pass(BEAT_MS);
    await die(dead);
    await pass(STALE_MS + BEAT_MS);
    expect(warn.mock.calls).toEqual([[FAILED], [FAILED]]);
  });

  it('delays no sign of life however long its removal takes, and is not removed twice at a time', async () => {
    await die(dead);
    const held = gate();
    remove.mockImplementationOnce(() => held.pass().then(() => true));
    start({ staleGroupAfterMs: STALE_MS });
    await pass(STALE_MS);
    beat.mockClear();
    await pass(3 * BEAT_MS);
    expect(beat).toHaveBeenCalledTimes(3);
    expect(remove).toHaveBeenCalledTimes(1);
    held.open();
    await pass(BEAT_MS);
    expect(log.mock.calls).toEqual([[REMOVED]]);
  });
});

describe('after the store was away for longer than staleGroupAfterMs', () => {
  beforeEach(async () => {
    await die(dead);
    beat.mockRejectedValue(new StoreUnavailableError('Redis away'));
    start({ staleGroupAfterMs: STALE_MS });
    await pass(2 * STALE_MS);
  });

  it('living processes get the time of three signs of life to be heard', async () => {
    beat.mockRestore();
    await pass(3 * BEAT_MS);
    await store.signsOfLife.beat({ process: 'slower', groups: [dead], gateways: GATEWAYS, isWatched: true });
    await pass(STALE_MS - BEAT_MS);
    expect(remove).not.toHaveBeenCalled();
  });

  it('a group that nobody is heard of after that is removed', async () => {
    beat.mockRestore();
    await pass(3 * BEAT_MS);
    expect(remove).not.toHaveBeenCalled();
    await pass(BEAT_MS);
    expect(removed()).toEqual([dead]);
  });

  it('nobody is judged by a process that is not heard itself', () => {
    expect(remove).not.toHaveBeenCalled();
  });
});

describe('leave()', () => {
  it('gives the groups that no other process counts for', async () => {
    const one = start({ deleteOnShutdown: true });
    start({ deleteOnShutdown: true }, [shop]);
    await pass(BEAT_MS);
    expect(await one.leave()).toEqual([groups[1]]);
  });

  it('counts no process that has given no sign for three intervals', async () => {
    await die(shop);
    await pass(3 * BEAT_MS + 1);
    expect(await start({ deleteOnShutdown: true }, [shop]).leave()).toEqual([shop]);
  });

  it('gives none without deleteOnShutdown, but ends this process for the others', async () => {
    const one = start({ staleGroupAfterMs: STALE_MS }, [shop]);
    const two = start({ staleGroupAfterMs: STALE_MS }, [shop]);
    const three = start({ deleteOnShutdown: true }, [shop]);
    expect(await one.leave()).toEqual([]);
    expect(await two.leave()).toEqual([]);
    expect(await three.leave()).toEqual([shop]);
    expect(await start({ staleGroupAfterMs: STALE_MS }, [shop]).leave()).toEqual([]);
  });

  it('ends all signs of life, the one under way before the store is told; a second time it does nothing', async () => {
    const held = gate();
    beat.mockImplementationOnce(held.pass);
    const abandoned = start({ deleteOnShutdown: true });
    const told = jest.spyOn(store.signsOfLife, 'leave');
    const leaving = abandoned.leave();
    await pass(BEAT_MS);
    expect(told).not.toHaveBeenCalled();
    held.open();
    expect(await leaving).toEqual(groups);
    expect(await abandoned.leave()).toEqual([]);
    await pass(3 * BEAT_MS);
    expect([told.mock.calls.length, beat.mock.calls.length]).toEqual([1, 1]);
  });

  it('leaves further groups to other processes', async () => {
    await die(dead, gone);
    const held = gate();
    remove.mockImplementationOnce(() => held.pass().then(() => true));
    const abandoned = start({ staleGroupAfterMs: STALE_MS });
    await pass(STALE_MS);
    await abandoned.leave();
    held.open();
    await pass(STALE_MS);
    expect(removed()).toEqual([dead]);
    expect(await store.signsOfLife.silentGroups(STALE_MS)).toContainEqual(gone);
  });
});

describe('removeLeft()', () => {
  it('removes the group, however fresh, and takes it off the list', async () => {
    const abandoned = start({ deleteOnShutdown: true }, [shop]);
    await abandoned.leave();
    await abandoned.removeLeft(shop);
    expect(remove.mock.calls).toEqual([[shop, 0]]);
    expect(await store.signsOfLife.silentGroups(0)).toEqual([]);
  });

  it('tells that the group is still there, and leaves it on the list', async () => {
    const abandoned = start({ deleteOnShutdown: true }, [shop]);
    await abandoned.leave();
    remove.mockResolvedValueOnce(false);
    await expect(abandoned.removeLeft(shop)).rejects.toThrow(
      'a copy on another gateway is still being removed, or another process pushes it',
    );
    expect(await store.signsOfLife.silentGroups(0)).toEqual([shop]);
  });
});
