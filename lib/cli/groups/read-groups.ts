import { distinctGateways, type GatewayFacts, probeAddress } from '../../doctor/index.js';
import { gatewayBehind } from '../../gateway/index.js';
import { type Group, groupOf } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import type { Store } from '../../store/index.js';
import { type GroupState, idOf, type Noted, notesOn, type Ours, stateOf } from './group-state.js';

/** A group on a gateway. */
export interface HeldGroup {
  readonly group: Group;
  /** Unix milliseconds by the gateway's clock; undefined if no push was ever accepted. */
  readonly pushedAt: number | undefined;
  readonly ageMs: number | undefined;
  readonly state: GroupState;
}

/** What a gateway holds, or why that is not known. */
export interface GatewayGroups {
  /** As ledgers name it. */
  readonly gateway: string;
  readonly version?: string;
  /** Lines with a value. */
  readonly samples?: number;
  readonly failure?: string;
  /** Sorted by labels. */
  readonly groups: readonly HeldGroup[];
}

/** Asks all gateways, and the store about the groups that they hold. @throws StoreUnavailableError */
export async function readGroups(options: ResolvedOptions, store: Store, ours: Ours): Promise<GatewayGroups[]> {
  const endpoints = [...options.gateways, ...options.formerGateways];
  const addresses = await Promise.all(endpoints.map((endpoint) => probeAddress(endpoint, [])));
  const all = addresses.flatMap(({ gateways }) => gateways);
  const silent = addresses.filter(({ balancer }) => balancer === 'silent');
  const notes = new Map<string, Noted>();
  const gateways = distinctGateways(addresses);
  for (const group of gateways.flatMap(groupsOn)) {
    const id = idOf(group);
    if (ours.jobs.includes(group.job) && !notes.has(id)) notes.set(id, await notesOn(store, group));
  }
  return [
    ...gateways.map((facts) => heldBy(facts, namesOf(facts, all), notes, ours)),
    ...silent.map(({ address }) => ({
      gateway: address,
      failure: 'several gateways answer there without saying which: what each holds cannot be told',
      groups: [],
    })),
  ];
}

function heldBy(
  facts: GatewayFacts,
  names: readonly string[],
  notes: ReadonlyMap<string, Noted>,
  ours: Ours,
): GatewayGroups {
  const { status, contents, failure, contentsFailure, clockAheadMs = 0 } = facts;
  const why = (failure ?? contentsFailure)?.finding;
  const held = (contents?.groups ?? []).map(({ labels, pushedAt }): HeldGroup => {
    const group = groupOf(Object.entries(labels));
    const at = pushedAt === 0 ? undefined : pushedAt;
    const ageMs = at === undefined ? undefined : Math.max(0, Date.now() + clockAheadMs - at);
    return { group, pushedAt: at, ageMs, state: stateOf({ group, names, ageMs }, notes.get(idOf(group)), ours) };
  });
  return {
    gateway: nameOf(facts),
    ...(status && { version: status.version }),
    ...(contents && { samples: contents.samples }),
    ...(why !== undefined && { failure: why }),
    groups: held.sort((a, b) => (idOf(a.group) < idOf(b.group) ? -1 : 1)),
  };
}

function groupsOn({ contents }: GatewayFacts): Group[] {
  return (contents?.groups ?? []).map(({ labels }) => groupOf(Object.entries(labels)));
}

/** By every address at which this very process answered. */
function namesOf(facts: GatewayFacts, all: readonly GatewayFacts[]): string[] {
  const same = all.filter(({ process }) => process !== undefined && process !== '' && process === facts.process);
  return [facts, ...same].map(nameOf);
}

function nameOf({ address, name }: GatewayFacts): string {
  return name === undefined ? address : gatewayBehind(address, name);
}
