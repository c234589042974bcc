import type { Group } from '../../model/index.js';
import type { Ledger, Ledgers } from '../ledger.js';
import { type GroupStates, isTurnOf } from './group-states.js';

/** How long a forgotten copy is still listed. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;

export class MemoryLedgers implements Ledgers {
  constructor(private readonly groups: GroupStates) {}

  async read(group: Group): Promise<Ledger> {
    const state = await this.groups.of(group);
    const { holder, copies, heldSince, silentSince, pushedAt } = state;
    const now = Date.now();
    return {
      holder,
      copies: [...copies.keys()],
      holds: Object.fromEntries(copies),
      heldForMs: heldSince === undefined ? undefined : now - heldSince,
      unreachableSince: Object.fromEntries(state.unreachable),
      forgottenAt: Object.fromEntries(state.forgotten),
      absentAt: state.absentAt,
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
    state.unreachable.delete(gateway);
    state.forgotten.delete(gateway);
    return true;
  }

  async noteCopies(group: Group, turn: string, gateways: readonly string[]): Promise<boolean> {
    const state = await this.groups.of(group);
    if (!isTurnOf(state, turn)) return false;
    for (const gateway of gateways) {
      if (state.copies.has(gateway)) continue;
      state.holds += 1;
      state.copies.set(gateway, String(state.holds));
      state.forgotten.delete(gateway);
    }
    return true;
  }

  async noteAbsent(group: Group, turn: string): Promise<boolean> {
    const state = await this.groups.of(group);
    const isOurs = isTurnOf(state, turn);
    if (isOurs) state.absentAt = Date.now();
    return isOurs;
  }

  async noteUnreachable(group: Group, gateway: string, isUnreachable: boolean): Promise<number> {
    const { copies, unreachable } = await this.groups.of(group);
    if (!isUnreachable || !copies.has(gateway)) {
      unreachable.delete(gateway);
      return 0;
    }
    const now = Date.now();
    // The clock may have been set back.
    const since = Math.min(unreachable.get(gateway) ?? now, now);
    unreachable.set(gateway, since);
    return now - since;
  }

  async noteSilence(group: Group, turn: string, silentForMs: number | undefined): Promise<number | undefined> {
    const state = await this.groups.of(group);
    if (!isTurnOf(state, turn)) return undefined;
    const now = Date.now();
    state.silentSince = silentForMs === undefined ? undefined : (state.silentSince ?? now - silentForMs);
    return now - (state.silentSince ?? now);
  }

  async strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    await this.#strike(group, gateway, hold);
  }

  async forgetCopy(group: Group, gateway: string, hold: string): Promise<void> {
    if (!(await this.#strike(group, gateway, hold))) return;
    const { forgotten } = await this.groups.of(group);
    for (const [other, at] of forgotten) if (at < Date.now() - REMEMBERED_MS) forgotten.delete(other);
    forgotten.set(gateway, Date.now());
  }

  async #strike(group: Group, gateway: string, hold: string): Promise<boolean> {
    const { holder, copies, unreachable } = await this.groups.of(group);
    if (gateway === holder || copies.get(gateway) !== hold) return false;
    unreachable.delete(gateway);
    return copies.delete(gateway);
  }
}
