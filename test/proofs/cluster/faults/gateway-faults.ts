import { setTimeout as wait } from 'node:timers/promises';
import { type Cluster, JOBS } from '../cluster.js';
import type { Member } from '../member.js';
import type { Chooser, Fault } from './fault.js';

const AWAY_MS = 8_000;
/** Longer than a holder may be silent before its groups may move: 5 s. */
const CUT_MS = 12_000;
const BETWEEN_DEPLOYS_MS = 5_000;

export const gatewayFaults: readonly Fault[] = [
  { name: 'killed, back empty', strike: killed },
  { name: 'killed, back stale', cluster: { persistent: true }, strike: killed },
  { name: 'frozen 1.25 s', strike: (cluster, choose) => frozen(cluster, choose, 1_250) },
  { name: 'frozen 10 s', strike: (cluster, choose) => frozen(cluster, choose, 10_000) },
  { name: 'network cut', strike: networkCut },
  { name: 'network refuses', strike: networkRefuses },
  {
    name: 'gateway added, removed',
    cluster: { listed: [0, 1] },
    happensTo: ({ balancer }) => balancer === undefined,
    strike: addedAndRemoved,
  },
];

async function killed(cluster: Cluster, choose: Chooser): Promise<void> {
  const holder = await aHolder(cluster, choose);
  await holder.alone(async () => {
    await holder.crash();
    await wait(AWAY_MS);
    await holder.start();
  });
}

async function frozen(cluster: Cluster, choose: Chooser, durationMs: number): Promise<void> {
  const holder = await aHolder(cluster, choose);
  await holder.alone(async () => {
    holder.freeze();
    await wait(durationMs);
    holder.thaw();
  });
}

/** Nobody who pushes reaches it, while Prometheus still does. */
async function networkCut(cluster: Cluster, choose: Chooser): Promise<void> {
  const holder = await aHolder(cluster, choose);
  await holder.alone(async () => {
    holder.network.cut();
    await wait(CUT_MS);
    holder.network.mend();
  });
}

/** The same, by a firewall that answers for it. */
async function networkRefuses(cluster: Cluster, choose: Chooser): Promise<void> {
  const holder = await aHolder(cluster, choose);
  await holder.alone(async () => {
    holder.network.refuse();
    await wait(CUT_MS);
    await holder.network.accept();
  });
}

/** Each time in a deploy during which replicas know different lists; in the end the gateway that is left out still runs. */
async function addedAndRemoved(cluster: Cluster, choose: Chooser): Promise<void> {
  const { gateways, pushers } = cluster;
  const all = gateways.map((_, at) => at);
  pushers.list(all);
  await pushers.roll();
  await wait(BETWEEN_DEPLOYS_MS);
  const holder = await aHolder(cluster, choose);
  pushers.list(all.filter((at) => gateways[at] !== holder));
  await pushers.roll();
}

function aHolder(cluster: Cluster, choose: Chooser): Promise<Member> {
  return cluster.holderOf(JOBS[choose(JOBS.length)] as string);
}
