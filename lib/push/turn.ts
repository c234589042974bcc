import { setTimeout as wait } from 'node:timers/promises';
import { PushLockError } from '../errors/index.js';
import { takenOver } from '../errors/taken-over.js';
import type { Group } from '../model/index.js';
import type { BegunPush, PushTurn, PushWish, Starts, Turns } from '../store/index.js';

/** How much longer a turn lasts than the request it is for: as long as a timer may be late. */
const TURN_MARGIN_MS = 3_000;
const POLL_MS = 50;
/** A tick can wait: it only has to find out whether the process that pushes is still alive. */
const TICK_POLL_MS = 250;

export interface TurnWish {
  /**
   * For a tick of a schedule: no push if one took its turn less than this many milliseconds ago, or if another process
   * pushes just now.
   */
  notAgainWithinMs?: number;
  /** Whether a push by another process, made after this one asked, will do. Default true. */
  isCoverable?: boolean;
  /** What the store does and tells together with the turn, asked for at each attempt. Default: only the turn is taken. */
  begin?: () => Pick<PushWish, 'knownPushAt' | 'silentMs' | 'shownForMs' | 'withStarts' | 'isReading'>;
  /** Ends the waiting of a tick. */
  signal?: AbortSignal;
  /** Ends any waiting, with its reason: the application ends. */
  ending?: AbortSignal;
}

/** Why there is nothing to do, and when the latest successful push took its turn, by the store's clock; 0 if never. */
export interface SkippedTurn {
  readonly skipped: string;
  readonly lastPushedAt: number;
}

/** The right to push a group, for a while. */
export interface Turn {
  /** Proves to the store whose it is. */
  readonly id: string;
  /** When it was taken, by the store's clock. */
  readonly takenAt: number;
  /** When the latest successful push of the group took its turn, by the store's clock; 0 if never. */
  readonly lastPushedAt: number;
  /** With {@link TurnWish.begin}. */
  readonly begun?: BegunPush;
  /** @throws PushLockError if another process has taken over. */
  keep(): Promise<void>;
  /**
   * Gives it back. If the store is away just now, the turn runs out by itself.
   * @param starts As for `Turns.end`.
   */
  end(isPushed: boolean, starts?: Starts | 'none'): Promise<void>;
}

/**
 * Waits for the turn to push a group: of all replicas one pushes at a time. Whoever waited while another process pushed
 * values read after this call need not push again, since they hold everything this process had sent before.
 *
 * A tick that finds another process pushing leaves it to that one, but stays until it is done: if it never gives its turn
 * back, it has died or frozen, and the push is made here as soon as the turn runs out. It is also made here after a process
 * that only read the group.
 *
 * @param timeoutMs Longest time the push itself may take.
 * @throws PushLockError if the turn does not come; the reason of `ending` if that is aborted.
 */
export async function takeTurn(
  turns: Turns,
  group: Group,
  timeoutMs: number,
  { notAgainWithinMs, isCoverable = true, begin, signal, ending }: TurnWish = {},
): Promise<Turn | SkippedTurn> {
  const ttlMs = timeoutMs + TURN_MARGIN_MS;
  const giveUpAt = Date.now() + 2 * ttlMs;
  const isTick = notAgainWithinMs !== undefined;
  let asked: number | undefined;
  let runsOutAt = 0;
  const ask = (): Promise<PushTurn & { begun?: BegunPush }> => {
    if (begin === undefined) return turns.take(group, ttlMs);
    return turns.begin(group, {
      ...begin(),
      ttlMs,
      ...(isTick && { notAgainWithinMs }),
      ...(isCoverable && asked !== undefined && { notIfPushedAfter: asked }),
    });
  };
  for (;;) {
    const { turn, now, lastPushedAt, busyForMs, isBusyReading, begun } = await ask();
    const isDone =
      (isTick && now - lastPushedAt < notAgainWithinMs) || (isCoverable && asked !== undefined && lastPushedAt > asked);
    const isGivenBack = isTick && now < runsOutAt;
    if (turn !== undefined && !isDone && !isGivenBack)
      return { ...turnOf(turns, group, turn, ttlMs, now), lastPushedAt, ...(begun && { begun }) };
    if (turn !== undefined) await turns.end(group, turn);
    if (isDone) return { skipped: 'another process has just pushed it', lastPushedAt };
    if (turn !== undefined) return { skipped: 'another process has just tried to push it', lastPushedAt };
    if (signal?.aborted) return { skipped: 'another push is under way', lastPushedAt };
    if (Date.now() >= giveUpAt) {
      if (isTick) return { skipped: 'another push is under way', lastPushedAt };
      throw new PushLockError(`Job "${group.job}": another process has been pushing it for over ${2 * ttlMs} ms`);
    }
    asked ??= now;
    // Whoever only reads pushes nothing: a tick that waited for that pushes itself.
    runsOutAt = isBusyReading ? 0 : now + busyForMs;
    await wait(isTick ? TICK_POLL_MS : POLL_MS, undefined, { signal }).catch(() => undefined);
    ending?.throwIfAborted();
  }
}

function turnOf(turns: Turns, group: Group, id: string, ttlMs: number, takenAt: number): Omit<Turn, 'lastPushedAt'> {
  return {
    id,
    takenAt,
    keep: async () => {
      if (await turns.keep(group, id, ttlMs)) return;
      throw takenOver(group.job);
    },
    end: async (isPushed, starts) => {
      await turns.end(group, id, isPushed ? takenAt : undefined, starts).catch(() => undefined);
    },
  };
}
