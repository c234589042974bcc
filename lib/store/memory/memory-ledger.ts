import type { Group } from '../../model/index.js';
import type { Ledger, Ledgers } from '../ledger.js';
import type { GroupStates } from './group-states.js';
import { isTurnOf } from './memory-turns.js';

export class MemoryLedgers implements Ledgers {
  constructor(private readonly groups: GroupStates) {}

  async read(group: Group): Promise<Ledger> {
    const { holder, copies, heldSince, silentSince, pushedAt } = await this.groups.of(group);
    const now = Date.now();
    return {
      holder,
      copies: [...copies.keys()],
      holds: Object.fromEntries(copies),
      heldForMs: heldSince === undefined ? undefined : now - heldSince,
      silentSince,
      pushedAt: pushedAt === 0 ? undefined : pushedAt,
      now,
    };
  }

  async noteHolder(group: Group, turn: string, gateway: string): Promise<boolean> {
    const state = await this.groups.of(group);
    if (!isTurnOf(state, turn)) return false;
    state.holder = gateway;
    state.holds += 1;
    state.heldSince = Date.now();
    state.copies.set(gateway, String(state.holds));
    state.silentSince = undefined;
    return true;
  }

  async noteSilence(group: Group, turn: string, silentForMs: number | undefined): Promise<number | undefined> {
    const state = await this.groups.of(group);
    if (!isTurnOf(state, turn)) return undefined;
    const now = Date.now();
    state.silentSince = silentForMs === undefined ? undefined : (state.silentSince ?? now - silentForMs);
    return now - (state.silentSince ?? now);
  }

  async strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    const { holder, copies } = await this.groups.of(group);
    if (gateway !== holder && copies.get(gateway) === hold) copies.delete(gateway);
  }
}
