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
  it('comes with what a push begins with also where the clock was set back since the last push', async () => {
    const { turn = '', now } = await store.turns.take(shop, 1_000);
    await store.turns.end(shop, turn, now);
    jest.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
    const begin = () => ({ knownPushAt: 0, silentMs: 1, shownForMs: 0 });
    const taken = await takeTurn(store.turns, shop, 1_000, { begin });
    expect(taken).toMatchObject({ lastPushedAt: now - 3_600_000, begun: { families: [] } });
  });

  it('gives the turn for longer than the request may take', async () => {
    const asked = jest.spyOn(store.turns, 'take');
    const turn = (await takeTurn(store.turns, shop, 10_000)) as Turn;
    expect(asked.mock.calls).toEqual([[shop, 13_000]]);
    const kept = jest.spyOn(store.turns, 'keep');
    await turn.keep();
    expect(kept.mock.calls).toEqual([[shop, expect.any(String), 13_000]]);
  });

  it('notes a success with the time when the turn was taken', async () => {
    const ended = jest.spyOn(store.turns, 'end');
    jest.spyOn(store.turns, 'take').mockResolvedValue({ turn: 'mine', now: 1_234, lastPushedAt: 0, busyForMs: 0 });
    const turn = (await takeTurn(store.turns, shop, 10_000)) as Turn;
    await turn.end(true);
    await turn.end(false);
    expect(ended.mock.calls).toEqual([
      [shop, 'mine', 1_234],
      [shop, 'mine', undefined],
    ]);
  });

  it('gives up after twice the time that a turn lasts', async () => {
    await store.turns.take(shop, 3_600_000);
    let now = 1_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => (now += 3_000));
    const begun = now;
    await expect(takeTurn(store.turns, shop, 1_000)).rejects.toEqual(
      expect.objectContaining({
        constructor: PushLockError,
        code: 'ERR_PUSH_LOCK',
        message: 'Job "shop": another process has been pushing it for over 8000 ms',
      }),
    );
    expect(now - begun).toBeGreaterThan(8_000);
    expect(now - begun).toBeLessThan(26_000);
  });

  it('is taken by a tick that waited for a process which only read', async () => {
    const wish = { ttlMs: 60_000, knownPushAt: 0, silentMs: 1, shownForMs: 0, isReading: true };
    const { turn = '' } = await store.turns.begin(shop, wish);
    const asked = jest.spyOn(store.turns, 'take');
    const waiting = takeTurn(store.turns, shop, 10_000, { notAgainWithinMs: 11_250 });
    while (asked.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await store.turns.end(shop, turn);
    expect(await waiting).toMatchObject({ id: expect.any(String) });
  });

  it('is not covered by a push that took its turn before this one asked', async () => {
    const taken = await store.turns.take(shop, 60_000);
    const asked = jest.spyOn(store.turns, 'take');
    const waiting = takeTurn(store.turns, shop, 1_000);
    while (asked.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await store.turns.end(shop, taken.turn as string, taken.now);
    expect(await waiting).toMatchObject({ id: expect.any(String), takenAt: expect.any(Number) });
  });

  it('is covered by a push that took its turn after this one asked, and hands the turn back', async () => {
    jest
      .spyOn(store.turns, 'take')
      .mockResolvedValueOnce({ now: 1_000, lastPushedAt: 0, busyForMs: 0 })
      .mockResolvedValueOnce({ turn: 'mine', now: 2_000, lastPushedAt: 1_001, busyForMs: 0 });
    const ended = jest.spyOn(store.turns, 'end');
    expect(await takeTurn(store.turns, shop, 1_000)).toMatchObject({ skipped: 'another process has just pushed it' });
    expect(ended.mock.calls).toEqual([[shop, 'mine']]);
  });

  it('is covered by a push that took its turn at any time since this one first asked', async () => {
    jest
      .spyOn(store.turns, 'take')
      .mockResolvedValueOnce({ now: 1_000, lastPushedAt: 0, busyForMs: 0 })
      .mockResolvedValueOnce({ now: 2_000, lastPushedAt: 1_000, busyForMs: 0 })
      .mockResolvedValueOnce({ turn: 'mine', now: 3_000, lastPushedAt: 1_500, busyForMs: 0 });
    expect(await takeTurn(store.turns, shop, 1_000)).toMatchObject({ skipped: 'another process has just pushed it' });
  });

  it('is covered while the next one is already pushing', async () => {
    jest
      .spyOn(store.turns, 'take')
      .mockResolvedValueOnce({ now: 1_000, lastPushedAt: 0, busyForMs: 0 })
      .mockResolvedValueOnce({ now: 2_000, lastPushedAt: 1_001, busyForMs: 0 });
    const ended = jest.spyOn(store.turns, 'end');
    expect(await takeTurn(store.turns, shop, 1_000)).toMatchObject({ skipped: 'another process has just pushed it' });
    expect(ended).not.toHaveBeenCalled();
  });

  it.each([
    ['exactly so long ago', 1_000, true],
    ['a millisecond less ago', 1_001, false],
  ])('counts a push %s as due', async (_, lastPushedAt, isDue) => {
    jest.spyOn(store.turns, 'take').mockResolvedValue({ turn: 'mine', now: 2_000, lastPushedAt, busyForMs: 0 });
    expect('keep' in (await takeTurn(store.turns, shop, 1_000, { notAgainWithinMs: 1_000 }))).toBe(isDue);
  });
});

describe('takeTurn for a tick', () => {
  const tick = (signal?: AbortSignal) =>
    takeTurn(store.turns, shop, 1_000, { notAgainWithinMs: 1_000, ...(signal && { signal }) });

  it('takes over once the turn of a process that never gives it back has run out', async () => {
    const { now, busyForMs } = await store.turns.take(shop, 300).then(() => store.turns.take(shop, 1));
    expect(busyForMs).toBeGreaterThan(200);
    expect('keep' in (await tick())).toBe(true);
    expect(Date.now()).toBeGreaterThanOrEqual(now + busyForMs);
  });

  it('takes over once a turn has run out that was prolonged', async () => {
    const { turn = '', now } = await store.turns.take(shop, 300);
    const waiting = tick();
    expect(await store.turns.keep(shop, turn, 800)).toBe(true);
    expect('keep' in (await waiting)).toBe(true);
    expect(Date.now()).toBeGreaterThanOrEqual(now + 800);
  });

  it('leaves the push to the process that is making it, whether that succeeds or fails', async () => {
    for (const isPushed of [true, false]) {
      const { turn = '', now } = await store.turns.take(shop, 60_000);
      const waiting = tick();
      await store.turns.end(shop, turn, isPushed ? now : undefined);
      const reason = isPushed ? 'another process has just pushed it' : 'another process has just tried to push it';
      expect(await waiting).toMatchObject({ skipped: reason });
      expect((await store.turns.take(shop, 1)).turn).toEqual(expect.any(String));
      store = new MemoryStore();
    }
  });

  it('waits no longer when the application ends', async () => {
    await store.turns.take(shop, 60_000);
    const stopping = new AbortController();
    const waiting = tick(stopping.signal);
    stopping.abort();
    expect(await waiting).toMatchObject({ skipped: 'another push is under way' });
  });
});
