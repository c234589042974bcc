import { randomUUID } from 'node:crypto';
import type { Group } from '../../model/index.js';
import type { PushTurn, Turns } from '../turns.js';
import type { GroupState, GroupStates } from './group-states.js';

export class MemoryTurns implements Turns {
  constructor(private readonly groups: GroupStates) {}

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
}

export function isTurnOf({ turn: current }: GroupState, turn: string): boolean {
  return current?.id === turn && current.endsAt > Date.now();
}
