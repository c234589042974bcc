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
    } = wish;
    const state = await this.groups.of(group);
    const now = Date.now();
    // If the clock was set back, the last push lies in the future: nobody would push until then.
    const lastPushedAt = (state.pushedAt = Math.min(state.pushedAt, now));
    if (now - lastPushedAt < notAgainWithinMs || lastPushedAt > notIfPushedAfter) {
      return { now, lastPushedAt, busyForMs: 0 };
    }
    const turn = await this.take(group, ttlMs);
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

  async take(group: Group, ttlMs: number): Promise<PushTurn> {
    const state = await this.groups.of(group);
    const now = Date.now();
    const current = state.turn !== undefined && state.turn.endsAt > now ? state.turn : undefined;
    const taken = (state.turn = current ?? { id: randomUUID(), endsAt: now + ttlMs });
    const busyForMs = current === undefined ? 0 : current.endsAt - now;
    return { ...(current === undefined && { turn: taken.id }), now, lastPushedAt: state.pushedAt, busyForMs };
  }

  async keep(group: Group, turn: string, ttlMs: number): Promise<boolean> {
    const state = await this.groups.of(group);
    const isKept = isTurnOf(state, turn);
    if (isKept) state.turn = { id: turn, endsAt: Date.now() + ttlMs };
    return isKept;
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
