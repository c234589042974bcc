import { setTimeout as wait } from 'node:timers/promises';
import { PushLockError } from '../errors/index.js';
import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';

/** How much longer a turn lasts than the request it is for. */
const TURN_MARGIN_MS = 5_000;
const POLL_MS = 50;

/** The right to push a group, for a while. */
export interface Turn {
  /** Proves to the store that it is ours. */
  readonly token: string;
  /** @throws PushLockError if another process has taken over. */
  keep(): Promise<void>;
  /** Gives it back. If the store is away just now, the turn runs out by itself. */
  end(isPushed: boolean): Promise<void>;
}

export interface TurnOptions {
  /** Do not wait, and skip if a push took its turn less than this long ago. Default: wait. */
  notAgainWithinMs?: number | undefined;
  /** Whether a push by another process, of values read after this call, will do. Default true. */
  isCoverable?: boolean | undefined;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/**
 * Waits for the turn to push a group: of all replicas one pushes at a time. Whoever waited while another process pushed
 * values read after this call need not push again, since they hold everything this process had sent before.
 *
 * @param timeoutMs Longest time the push itself may take.
 * @throws PushLockError if the turn does not come; the signal's reason if that is aborted.
 */
export async function takeTurn(
  store: Store,
  group: Group,
  timeoutMs: number,
  { notAgainWithinMs, isCoverable = true, signal }: TurnOptions = {},
): Promise<Turn | { skipped: string }> {
  const ttlMs = timeoutMs + TURN_MARGIN_MS;
  const giveUpAt = Date.now() + 2 * ttlMs;
  let asked: number | undefined;
  for (;;) {
    const { token, now, lastPushedAt } = await store.takeTurn(group, ttlMs);
    const isRecent = notAgainWithinMs !== undefined && now - lastPushedAt < notAgainWithinMs;
    const isCovered = isCoverable && asked !== undefined && lastPushedAt > asked;
    if (token !== undefined && !isRecent && !isCovered) return turnOf(store, group, token, ttlMs, now);
    if (token !== undefined) await store.endTurn(group, token);
    if (isRecent || isCovered) return { skipped: 'another process has just pushed it' };
    if (notAgainWithinMs !== undefined) return { skipped: 'another push is under way' };
    if (Date.now() >= giveUpAt) {
      throw new PushLockError(`Job "${group.job}": another process has been pushing it for over ${2 * ttlMs} ms`);
    }
    asked ??= now;
    await wait(POLL_MS);
    signal?.throwIfAborted();
  }
}

function turnOf(store: Store, group: Group, token: string, ttlMs: number, takenAt: number): Turn {
  return {
    token,
    keep: async () => {
      if (await store.keepTurn(group, token, ttlMs)) return;
      throw new PushLockError(`Job "${group.job}": this process was too slow, another one has taken over pushing it`);
    },
    end: async (isPushed) => {
      await store.endTurn(group, token, isPushed ? takenAt : undefined).catch(() => undefined);
    },
  };
}
