import { type GatewayPool, partsOf, type Peers } from '../gateway/index.js';
import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import { noteAbsent } from './note-absent.js';
import { takeTurn } from './turn.js';

/** Removes groups that nobody counts for any more: from the gateways first, then from the store. One process does it. */
export class GroupRemover {
  constructor(
    private readonly store: Store,
    private readonly pool: GatewayPool,
    /** Longest time that the gateway may take. */
    private readonly timeoutMs: number,
    /** Default: none. */
    private readonly peers?: Peers,
  ) {}

  /**
   * False if somebody has written or pushed the group within `quietForMs`, if it is another process' turn, while a copy is
   * still being removed from a further gateway (the store keeps the list of these until they are clean), or if it is on a
   * gateway that another living process has configured and this one has not.
   * @throws GatewayPoolError, StoreUnavailableError
   */
  async remove(group: Group, quietForMs: number): Promise<boolean> {
    return this.#whileQuiet(group, quietForMs, async (turn) => {
      const { gateways } = await this.pool.delete(group);
      const { copies } = await this.store.ledgers.read(group);
      if (!copies.every((gateway) => gateways.includes(gateway))) return false;
      return this.store.removal.removeGroup(group, turn, quietForMs);
    });
  }

  /**
   * The same, but the values stay in the store, and come back with the next push of the group.
   * @returns the gateways that have removed it, while further copies are removed in the background; undefined for what is false
   * above.
   * @throws GatewayPoolError, StoreUnavailableError
   */
  async removeFromGateways(group: Group, quietForMs: number): Promise<readonly string[] | undefined> {
    let cleaned: readonly string[] | undefined;
    await this.#whileQuiet(group, quietForMs, async (turn) => {
      cleaned = (await this.pool.delete(group)).gateways;
      await noteAbsent(this.store.ledgers, group, turn, cleaned).catch(() => undefined);
      return true;
    });
    return cleaned;
  }

  async #whileQuiet(group: Group, quietForMs: number, act: (turn: string) => Promise<boolean>): Promise<boolean> {
    const turn = await takeTurn(this.store.turns, group, this.timeoutMs, { notAgainWithinMs: 0 });
    if ('skipped' in turn) return false;
    try {
      if (!(await this.store.removal.isQuiet(group, turn.id, quietForMs))) return false;
      if (await this.#isLeftToOthers(group)) return false;
      return await act(turn.id);
    } finally {
      await turn.end(false);
    }
  }

  async #isLeftToOthers(group: Group): Promise<boolean> {
    const { copies } = await this.store.ledgers.read(group);
    const addresses = copies.map((gateway) => partsOf(gateway).address);
    for (const address of addresses.filter((each) => !this.pool.addresses.includes(each))) {
      if (await this.peers?.have(address)) return true;
    }
    return false;
  }
}
