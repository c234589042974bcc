import type { Group } from '../../model/index.js';
import type { Ledger, Ledgers } from '../ledger.js';
import type { GroupStates } from './group-states.js';
import { isTurnOf } from './memory-turns.js';

export class MemoryLedgers implements Ledgers {
  constructor(private readonly groups: GroupStates) {}

  readLedger(group: Group): Promise<Ledger> {
    const { holder, copies, heldSince, silentSince, pushedAt } = this.groups.of(group);
    const now = Date.now();
    return Promise.resolve({
      holder,
      copies: [...copies.keys()],
      holds: Object.fromEntries(copies),
      heldForMs: heldSince === undefined ? undefined : now - heldSince,
      silentSince,
      pushedAt: pushedAt === 0 ? undefined : pushedAt,
      now,
    });
  }

  noteHolder(group: Group, token: string, gateway: string): Promise<boolean> {
    const state = this.groups.of(group);
    if (!isTurnOf(state, token)) return Promise.resolve(false);
    state.holder = gateway;
    state.holds += 1;
    state.heldSince = Date.now();
    state.copies.set(gateway, String(state.holds));
    state.silentSince = undefined;
    return Promise.resolve(true);
  }

  noteSilence(group: Group, token: string, silentForMs: number | undefined): Promise<number | undefined> {
    const state = this.groups.of(group);
    if (!isTurnOf(state, token)) return Promise.resolve(undefined);
    const now = Date.now();
    state.silentSince = silentForMs === undefined ? undefined : (state.silentSince ?? now - silentForMs);
    return Promise.resolve(now - (state.silentSince ?? now));
  }

  strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    const { holder, copies } = this.groups.of(group);
    if (gateway !== holder && copies.get(gateway) === hold) copies.delete(gateway);
    return Promise.resolve();
  }
}
