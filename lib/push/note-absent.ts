import type { Group } from '../model/index.js';
import type { Ledgers } from '../store/index.js';

/**
 * After a group was deleted: notes that no gateway has it, if these are all that may have had it. Then nobody asks them again, and they
 * may be taken away.
 * @param turn The turn in which it was deleted.
 */
export async function noteAbsent(
  ledgers: Pick<Ledgers, 'read' | 'noteAbsent'>,
  group: Group,
  turn: string,
  deletedFrom: readonly string[],
): Promise<void> {
  const { copies } = await ledgers.read(group);
  if (copies.every((gateway) => deletedFrom.includes(gateway))) await ledgers.noteAbsent(group, turn);
}
