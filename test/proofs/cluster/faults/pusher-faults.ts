import { setTimeout as wait } from 'node:timers/promises';
import type { Watcher } from '../../../support/tcp-proxy.js';
import { waitFor } from '../../../support/wait-for.js';
import { type Cluster, JOBS } from '../cluster.js';
import type { Member } from '../member.js';
import type { PusherProcess } from '../pusher-process.js';
import { type Step, steps } from '../steps.js';
import type { Strategy } from '../strategies.js';
import type { Chooser, Fault } from './fault.js';

const FROZEN_MS = 10_000;
const SLOW_MS = 2_000;
/** A push that was cut off before holds its turn for up to 4 s. */
const AWAY_MS = 8_000;
const STEP_DEADLINE_MS = 20_000;

export const pusherFaults: readonly Fault[] = [
  {
    name: 'pusher killed',
    strike: (cluster, choose) => {
      const possible = steps.filter((step) => canHappen(step, cluster.strategy));
      return killedAt(cluster, possible[choose(possible.length)] as Step);
    },
  },
  {
    name: 'pusher killed at each step',
    cell: 'table only',
    strike: async (cluster) => {
      for (const step of steps) if (canHappen(step, cluster.strategy)) await killedAt(cluster, step);
    },
  },
  { name: 'pusher frozen 10 s', strike: frozen },
  { name: '4 pushers, one slow', cluster: { pushers: 4 }, strike: slowed },
];

/** A balancer that names no gateway leaves nothing to note. */
function canHappen(step: Step, { balancer }: Strategy): boolean {
  return balancer === undefined || !step.isOfLedger;
}

export class StepNotReachedError extends Error {}

/** Kills the first pusher that comes to this step. Rejects if none does. */
async function killedAt(cluster: Cluster, step: Step): Promise<void> {
  const { balancer, gateways, redis, pushers } = cluster;
  const through = step.server === 'redis' ? [redis] : balancer ? [balancer] : gateways;
  let victim: PusherProcess | undefined;
  const watcher: Watcher = (traffic) => {
    const passing = victim ? undefined : step.reached(traffic);
    if (passing === undefined) return undefined;
    victim = pushers.running.find(({ name }) => name === traffic.from);
    return { passing, then: () => void victim?.crash() };
  };
  const ends = through.map(({ network }) => network.watch(watcher));
  // Only for a group that moves is another gateway noted, and a copy struck.
  const moving = step.isOfMove ? moved(await cluster.holderOf(JOBS[0])) : undefined;
  try {
    await waitFor(() => victim, { timeoutMs: STEP_DEADLINE_MS }).catch(() => {
      throw new StepNotReachedError(`No pusher came to the step "${step.name}" within ${STEP_DEADLINE_MS} ms`);
    });
  } finally {
    for (const end of ends) end();
    await moving;
  }
  await pushers.replace(victim as unknown as PusherProcess);
}

function moved(holder: Member): Promise<void> {
  return holder.alone(async () => {
    await holder.crash();
    await wait(AWAY_MS);
    await holder.start();
  });
}

/** As a suspended virtual machine: it goes on where it was. */
async function frozen({ pushers }: Cluster, choose: Chooser): Promise<void> {
  const victim = aPusher(pushers.running, choose);
  victim.freeze();
  await wait(FROZEN_MS);
  victim.thaw();
}

/** Every answer of Redis comes late. */
async function slowed({ pushers, redis }: Cluster, choose: Chooser, lastingMs: number): Promise<void> {
  const victim = aPusher(pushers.running, choose);
  redis.network.slow(victim.name, SLOW_MS);
  await wait(lastingMs);
  redis.network.slow(victim.name, 0);
}

function aPusher(running: readonly PusherProcess[], choose: Chooser): PusherProcess {
  return running[choose(running.length)] as PusherProcess;
}
