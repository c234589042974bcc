import { randomUUID } from 'node:crypto';
import type { Group } from '../../model/index.js';
import type { PushTurn, Turns } from '../turns.js';
import type { GroupState, GroupStates } from './group-states.js';

export class MemoryTurns implements Turns {
  constructor(private readonly groups: GroupStates) {}

  takeTurn(group: Group, ttlMs: number): Promise<PushTurn> {
    const state = this.groups.of(group);
    const now = Date.now();
    const taken = state.turn === undefined || state.turn.endsAt <= now;
    if (taken) state.turn = { token: randomUUID(), endsAt: now + ttlMs };
    const { token, endsAt } = state.turn as { token: string; endsAt: number };
    const busyForMs = taken ? 0 : endsAt - now;
    return Promise.resolve({ ...(taken && { token }), now, lastPushedAt: state.pushedAt, busyForMs });
  }

  keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean> {
    const state = this.groups.of(group);
    const isKept = isTurnOf(state, token);
    if (isKept) state.turn = { token, endsAt: Date.now() + ttlMs };
    return Promise.resolve(isKept);
  }

  endTurn(group: Group, token: string, pushedAt = 0): Promise<void> {
    const state = this.groups.of(group);
    state.pushedAt = Math.max(state.pushedAt, pushedAt);
    if (state.turn?.token === token) delete state.turn;
    return Promise.resolve();
  }
}

export function isTurnOf({ turn }: GroupState, token: string): boolean {
  return turn?.token === token && turn.endsAt > Date.now();
}
