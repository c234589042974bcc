import { randomUUID } from 'node:crypto';
import type { Group } from '../../model/index.js';
import type { BegunPush, PushTurn, PushWish, Turns } from '../turns.js';
import { type GroupStates, isTurnOf } from './group-states.js';
import { MemoryAnnouncements } from './memory-announcements.js';
import type { MemoryLedgers } from './memory-ledger.js';
import type { MemorySeries } from './memory-series.js';
import { MemoryShapes } from './memory-shapes.js';
import { awaitRestoration } from './restore-series.js';

export class MemoryTurns implements Turns {
  constructor(
    private readonly groups: GroupStates,
    private readonly series: MemorySeries,
    private readonly ledgers: MemoryLedgers,
  ) {}

  async begin(group: Group, wish: PushWish): Promise<PushTurn & { begun?: BegunPush }> {
    const {
      ttlMs,
      notAgainWithinMs = -Infinity,
      notIfPushedAfter = Infinity,
      knownPushAt,
      silentMs,
      shownForMs,
      withStarts = false,
      isReading = false,
    } = wish;
    const state = await this.groups.of(group);
    const now = Date.now();
    // If the clock was set back, the last push lies in the future: nobody would push until then.
    const lastPushedAt = (state.pushedAt = Math.min(state.pushedAt, now));
    if (now - lastPushedAt < notAgainWithinMs || lastPushedAt > notIfPushedAfter) {
      return { now, lastPushedAt, busyForMs: 0 };
    }
    const turn = await (isReading ? this.#take(group, ttlMs, true) : this.take(group, ttlMs));
    if (turn.turn === undefined) return turn;
    if (turn.lastPushedAt < knownPushAt && turn.now > knownPushAt) awaitRestoration(state);
    try {
      const begun = await this.#begun(group, silentMs, shownForMs);
      return {
        ...turn,
        begun: {
          ...begun,
          ...(withStarts && { starts: { turn: turn.turn, at: Math.min(turn.now, Date.now()), lostUntil: 0 } }),
        },
      };
    } catch (error) {
      // Give the turn back; otherwise nobody can push until it runs out.
      await this.end(group, turn.turn);
      throw error;
    }
  }

  async #begun(group: Group, silentMs: number, shownForMs: number): Promise<BegunPush> {
    const contested = await new MemoryShapes(this.groups).settle(group, silentMs, []);
    const waiting = await this.series.restoring(group);
    await new MemoryAnnouncements(this.groups).release(group, shownForMs);
    return { contested, waiting, families: await this.series.families(group), ledger: await this.ledgers.read(group) };
  }

  take(group: Group, ttlMs: number): Promise<PushTurn> {
    return this.#take(group, ttlMs, false);
  }

  async #take(group: Group, ttlMs: number, isReading: boolean): Promise<PushTurn> {
    const state = await this.groups.of(group);
    const now = Date.now();
    const current = state.turn !== undefined && state.turn.endsAt > now ? state.turn : undefined;
    const { pushedAt: lastPushedAt } = state;
    if (current !== undefined) {
      return { now, lastPushedAt, busyForMs: current.endsAt - now, ...(current.isReading && { isBusyReading: true }) };
    }
    const turn = randomUUID();
    state.turn = { id: turn, endsAt: now + ttlMs, isReading };
    // From now on a gateway may have the group.
    if (!isReading) state.absentAt = undefined;
    return { turn, now, lastPushedAt, busyForMs: 0 };
  }

  async keep(group: Group, turn: string, ttlMs: number): Promise<boolean> {
    const state = await this.groups.of(group);
    if (state.turn === undefined || !isTurnOf(state, turn)) return false;
    state.turn.endsAt = Date.now() + ttlMs;
    return true;
  }

  async end(group: Group, turn: string, pushedAt = 0): Promise<void> {
    const state = await this.groups.of(group);
    state.pushedAt = Math.max(state.pushedAt, pushedAt);
    if (state.turn?.id === turn) delete state.turn;
  }

  async collects(group: Group, metrics: readonly string[], forMs: number): Promise<readonly string[]> {
    const { collected } = await this.groups.of(group);
    const now = Date.now();
    const asked = metrics.filter((metric) => (collected.get(metric) ?? 0) <= now);
    for (const metric of asked) collected.set(metric, now + forMs);
    return asked;
  }
}
