import type { Group } from '../model/index.js';

/** What other processes that live have configured. */
export interface Peers {
  /**
   * Whether a living process that pushes this group has a gateway configured, or might have; without a group: whether any has.
   * @param gateway An address that this process has not configured.
   */
  have(gateway: string, group?: Group): Promise<boolean>;
}

/** A process that nobody else shares a store with. */
export const NO_PEERS: Peers = { have: () => Promise.resolve(false) };
