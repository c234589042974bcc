import { type Group, groupingLabels } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import { type Ledger, type Store } from '../../store/index.js';

/** As long as a living process may be silent. */
const LIFE_MS = 15_000;

/**
 * What a group on a gateway is:
 * - `current`: it is where it belongs;
 * - `copy`: it belongs to another gateway;
 * - `idle`: pushed by a process that is gone, not long ago;
 * - `orphan`: the same, long ago. Nothing else is ever removed;
 * - `unknown`: of a job of ours, and the store has no note that it was ever pushed there;
 * - `other`: of a job that is not ours.
 */
export type GroupState = 'current' | 'copy' | 'idle' | 'orphan' | 'unknown' | 'other';

/** Which groups are ours, and when one is an orphan. */
export interface Ours extends Pick<ResolvedOptions, 'instance' | 'groupingLabels' | 'isBroadcast' | 'gateways'> {
  readonly jobs: readonly string[];
  readonly configuredJobs: readonly string[];
  readonly olderThanMs: number;
}

/** What the store knows of a group. */
export interface Noted {
  readonly ledger: Pick<Ledger, 'holder' | 'copies'>;
  /** A process that pushes it lives. */
  readonly isAlive: boolean;
}

/** @throws StoreUnavailableError */
export async function notesOn({ ledgers, signsOfLife }: Store, group: Group): Promise<Noted> {
  const [ledger, gateways] = await Promise.all([ledgers.read(group), signsOfLife.gateways(LIFE_MS, group)]);
  return { ledger, isAlive: gateways.length > 0 };
}

/** A group as one gateway shows it. */
export interface Shown {
  readonly group: Group;
  /** The gateway as ledgers name it, by every address that it is known by. */
  readonly names: readonly string[];
  /** Undefined if no push was ever accepted. */
  readonly ageMs: number | undefined;
}

/**
 * A group is an orphan only if the store says that it was pushed to this very gateway, by a process that shares our store, that
 * none of these lives, and that this application does not push it itself.
 */
export function stateOf({ group, names, ageMs = Infinity }: Shown, noted: Noted | undefined, ours: Ours): GroupState {
  if (!ours.jobs.includes(group.job)) return 'other';
  const { ledger, isAlive } = noted ?? { ledger: { holder: undefined, copies: [] }, isAlive: false };
  const isNamed = ledger.copies.some((gateway) => names.includes(gateway));
  if (isAlive || isConfigured(group, ours)) {
    if (ledger.holder === undefined) return 'unknown';
    const isHere = ours.isBroadcast
      ? ours.gateways.some(({ url }) => names.some((name) => name.split('#')[0] === url))
      : names.includes(ledger.holder);
    return isHere ? 'current' : 'copy';
  }
  if (!isNamed) return 'unknown';
  return ageMs > ours.olderThanMs ? 'orphan' : 'idle';
}

function isConfigured(group: Group, { configuredJobs, instance, groupingLabels: labels }: Ours): boolean {
  return configuredJobs.some((job) => idOf({ job, instance, labels }) === idOf(group));
}

export function idOf(group: Group): string {
  return JSON.stringify(groupingLabels(group));
}
