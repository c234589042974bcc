import { PushLockError } from '../../../lib/errors/index.js';
import { takeTurn, type Turn } from '../../../lib/push/turn.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { shop } from './support.js';

let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('takeTurn', () => {
  it('gives the turn for longer than the request may take', async () => {
    const asked = jest.spyOn(store, 'takeTurn');
    const turn = (await takeTurn(store, shop, 10_000)) as Turn;
    expect(asked.mock.calls).toEqual([[shop, 15_000]]);
    const kept = jest.spyOn(store, 'keepTurn');
    await turn.keep();
    expect(kept.mock.calls).toEqual([[shop, expect.any(String), 15_000]]);
  });

  it('notes a success with the time when the turn was taken', async () => {
    const ended = jest.spyOn(store, 'endTurn');
    jest.spyOn(store, 'takeTurn').mockResolvedValue({ token: 'mine', now: 1_234, lastPushedAt: 0 });
    const turn = (await takeTurn(store, shop, 10_000)) as Turn;
    await turn.end(true);
    await turn.end(false);
    expect(ended.mock.calls).toEqual([
      [shop, 'mine', 1_234],
      [shop, 'mine', undefined],
    ]);
  });

  it('gives up after twice the time that a turn lasts', async () => {
    await store.takeTurn(shop, 3_600_000);
    let now = 1_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => (now += 3_000));
    const begun = now;
    await expect(takeTurn(store, shop, 1_000)).rejects.toEqual(
      expect.objectContaining({
        constructor: PushLockError,
        code: 'ERR_PUSH_LOCK',
        message: 'Job "shop": another process has been pushing it for over 12000 ms',
      }),
    );
    expect(now - begun).toBeGreaterThan(12_000);
    expect(now - begun).toBeLessThan(30_000);
  });

  it('is not covered by a push that took its turn before this one asked', async () => {
    const taken = await store.takeTurn(shop, 60_000);
    const asked = jest.spyOn(store, 'takeTurn');
    const waiting = takeTurn(store, shop, 1_000);
    while (asked.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await store.endTurn(shop, taken.token as string, taken.now);
    expect(await waiting).toEqual({ token: expect.any(String), keep: expect.any(Function), end: expect.any(Function) });
  });

  it('is covered by a push that took its turn after this one asked, and hands the turn back', async () => {
    jest
      .spyOn(store, 'takeTurn')
      .mockResolvedValueOnce({ now: 1_000, lastPushedAt: 0 })
      .mockResolvedValueOnce({ token: 'mine', now: 2_000, lastPushedAt: 1_001 });
    const ended = jest.spyOn(store, 'endTurn');
    expect(await takeTurn(store, shop, 1_000)).toEqual({ skipped: 'another process has just pushed it' });
    expect(ended.mock.calls).toEqual([[shop, 'mine']]);
  });

  it('is covered by a push that took its turn at any time since this one first asked', async () => {
    jest
      .spyOn(store, 'takeTurn')
      .mockResolvedValueOnce({ now: 1_000, lastPushedAt: 0 })
      .mockResolvedValueOnce({ now: 2_000, lastPushedAt: 1_000 })
      .mockResolvedValueOnce({ token: 'mine', now: 3_000, lastPushedAt: 1_500 });
    expect(await takeTurn(store, shop, 1_000)).toEqual({ skipped: 'another process has just pushed it' });
  });

  it('is covered while the next one is already pushing', async () => {
    jest
      .spyOn(store, 'takeTurn')
      .mockResolvedValueOnce({ now: 1_000, lastPushedAt: 0 })
      .mockResolvedValueOnce({ now: 2_000, lastPushedAt: 1_001 });
    const ended = jest.spyOn(store, 'endTurn');
    expect(await takeTurn(store, shop, 1_000)).toEqual({ skipped: 'another process has just pushed it' });
    expect(ended).not.toHaveBeenCalled();
  });

  it.each([
    ['exactly so long ago', 1_000, true],
    ['a millisecond less ago', 1_001, false],
  ])('counts a push %s as due', async (_, lastPushedAt, isDue) => {
    jest.spyOn(store, 'takeTurn').mockResolvedValue({ token: 'mine', now: 2_000, lastPushedAt });
    expect('keep' in (await takeTurn(store, shop, 1_000, { notAgainWithinMs: 1_000 }))).toBe(isDue);
  });
});
