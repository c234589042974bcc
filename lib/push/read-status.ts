import type { Group, GroupStatus } from '../model/index.js';
import type { Store } from '../store/index.js';
import { contestText } from './contest-text.js';

/** Where a group is, as the processes that push it have noted. @throws StoreUnavailableError */
export async function readStatus({ ledgers, shapes }: Store, group: Group): Promise<GroupStatus> {
  const [ledger, contested] = await Promise.all([ledgers.read(group), shapes.contested(group)]);
  const { holder, copies, silentSince, pushedAt, now } = ledger;
  return {
    job: group.job,
    instance: group.instance,
    holder,
    copies: copies.filter((gateway) => gateway !== holder),
    unreachableForMs: mapped(ledger.unreachableSince, (since) => Math.max(0, now - since)),
    forgotten: mapped(ledger.forgottenAt, (at) => new Date(at)),
    silentForMs: silentSince === undefined ? undefined : now - silentSince,
    pushedAt: pushedAt === undefined ? undefined : new Date(pushedAt),
    contested: contested.map(contestText),
  };
}

function mapped<T>(times: Readonly<Record<string, number>>, map: (time: number) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(times).map(([gateway, time]) => [gateway, map(time)]));
}
