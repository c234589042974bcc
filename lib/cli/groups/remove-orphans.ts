import { setTimeout as wait } from 'node:timers/promises';
import type { Group } from '../../model/index.js';
import type { GroupRemover } from '../../push/index.js';
import type { Ledgers } from '../../store/index.js';
import { idOf } from './group-state.js';
import type { GatewayGroups, HeldGroup } from './read-groups.js';

const POLL_MS = 100;
/** Copies beside the holder's are removed in the background: twice, a second apart. */
const COPIES_GO_WITHIN_MS = 5_000;

export interface Removing {
  readonly remover: Pick<GroupRemover, 'removeFromGateways'>;
  readonly ledgers: Pick<Ledgers, 'read'>;
  /** Nobody may have written or pushed the group for so long. */
  readonly quietForMs: number;
}

export function orphansOf(gateways: readonly GatewayGroups[]): HeldGroup[] {
  return gateways.flatMap(({ groups }) => groups.filter(({ state }) => state === 'orphan'));
}

/**
 * Removes orphans from the gateways that the ledger names.
 * @returns for each why it was not removed; empty if it was.
 */
export async function removeOrphans(
  orphans: readonly HeldGroup[],
  { remover, ledgers, quietForMs }: Removing,
): Promise<Map<HeldGroup, string>> {
  const results = new Map<string, string>();
  for (const { group } of orphans) {
    if (!results.has(idOf(group))) results.set(idOf(group), await remove(group));
  }
  return new Map(orphans.map((orphan) => [orphan, results.get(idOf(orphan.group)) as string]));

  async function remove(group: Group): Promise<string> {
    try {
      const cleaned = await remover.removeFromGateways(group, quietForMs);
      if (cleaned === undefined) {
        return 'somebody has counted or pushed it since, or it is on a gateway that another living process has configured';
      }
      return (await copiesGo(group, cleaned)) ? '' : 'a copy on another gateway is still being removed: run this again';
    } catch (error) {
      return (error as Error).message;
    }
  }

  async function copiesGo(group: Group, cleaned: readonly string[]): Promise<boolean> {
    const deadline = performance.now() + COPIES_GO_WITHIN_MS;
    while (performance.now() < deadline) {
      const { copies } = await ledgers.read(group);
      if (copies.every((gateway) => cleaned.includes(gateway))) return true;
      await wait(POLL_MS);
    }
    return false;
  }
}
