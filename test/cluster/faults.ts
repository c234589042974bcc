import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster, Gateway } from './cluster.js';

/** What goes wrong with the gateway that holds the first group, and is mended again. */
export interface Fault {
  readonly name: string;
  /** Whether gateways keep what they hold over a restart. */
  readonly persistent?: boolean;
  strike(cluster: Cluster, job: string): Promise<void>;
}

const AWAY_MS = 8_000;

export const faults: readonly Fault[] = [
  { name: 'none', strike: () => Promise.resolve() },
  { name: 'killed, back empty', strike: killed },
  { name: 'killed, back stale', persistent: true, strike: killed },
  { name: 'frozen 1.25 s', strike: (cluster, job) => frozen(cluster, job, 1_250) },
  { name: 'frozen 10 s', strike: (cluster, job) => frozen(cluster, job, 10_000) },
];

async function killed(cluster: Cluster, job: string): Promise<void> {
  const holder = await holderOf(cluster, job);
  await holder.crash();
  await wait(AWAY_MS);
  await holder.start();
}

async function frozen(cluster: Cluster, job: string, durationMs: number): Promise<void> {
  const holder = await holderOf(cluster, job);
  holder.kill('SIGSTOP');
  await wait(durationMs);
  holder.kill('SIGCONT');
}

async function holderOf({ gateways }: Cluster, job: string): Promise<Gateway> {
  for (const gateway of gateways) if (await gateway.holds(job)) return gateway;
  throw new Error(`no gateway holds ${job}`);
}
