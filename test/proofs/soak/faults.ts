import { setTimeout as wait } from 'node:timers/promises';
import type { Replica } from './replicas.js';
import { command, type Returning, type Stage } from './stage.js';

/** What went wrong, and from when to when, in seconds of the run. */
export interface FaultSpan {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

type Between = (least: number, most: number) => number;

interface Fault {
  readonly name: string;
  strike(stage: Stage, replica: Replica, between: Between): Promise<void>;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'gateway killed',
    strike: ({ gateways }, _, between) => crashed(oneOf(gateways, between), between(3_000, 8_000)),
  },
  {
    name: 'gateway frozen',
    strike: ({ gateways }, _, between) => frozen(oneOf(gateways, between), between(1_000, 8_000)),
  },
  { name: 'Redis frozen', strike: ({ redis }, _, between) => frozen(redis, between(500, 8_000)) },
  { name: 'Redis killed', strike: ({ redis }, _, between) => crashed(redis, between(500, 5_000)) },
  {
    name: 'connections cut',
    strike: async ({ redis }, _, between) => {
      for (let times = between(1, 20); times > 0; times--) {
        await command(redis, 'CLIENT KILL TYPE normal SKIPME yes');
        await wait(between(5, 100));
      }
    },
  },
  { name: 'replica restarted', strike: (_, replica) => replica.end('SIGTERM') },
  { name: 'replica killed', strike: (_, replica) => replica.end('SIGKILL') },
];

const REST_MS = [2_000, 10_000] as const;

/**
 * Fault after fault until it is over, the same for the same seed; each is mended before the next.
 * @param only Part of the names of the faults to choose from.
 */
export async function strikeUntil(
  end: number,
  stage: Stage,
  replica: Replica,
  { seed, only }: { readonly seed: number; readonly only: string },
  onSpan: (name: string, begunAt: number) => void,
): Promise<void> {
  const between = randomOf(seed);
  const faults = FAULTS.filter(({ name }) => name.includes(only));
  if (faults.length === 0) throw new Error(`Expected --faults to be part of ${namesOf(FAULTS)}, got ${only}`);
  for (;;) {
    await wait(Math.max(0, Math.min(between(...REST_MS), end - Date.now())));
    if (Date.now() >= end) return;
    const fault = oneOf(faults, between);
    const begunAt = Date.now();
    await fault.strike(stage, replica, between);
    onSpan(fault.name, begunAt);
  }
}

async function crashed(server: Returning, durationMs: number): Promise<void> {
  await server.crash();
  await wait(durationMs);
  await server.start();
}

async function frozen(server: Returning, durationMs: number): Promise<void> {
  server.kill('SIGSTOP');
  await wait(durationMs);
  server.kill('SIGCONT');
}

function oneOf<T>(all: readonly T[], between: Between): T {
  return all[between(0, all.length - 1)] as T;
}

function namesOf(faults: readonly Fault[]): string {
  return faults.map(({ name }) => `"${name}"`).join(', ');
}

/** Whole numbers from a seed (mulberry32), both ends included. */
function randomOf(seed: number): Between {
  let state = seed >>> 0;
  return (least, most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return least + (((mixed ^ (mixed >>> 14)) >>> 0) % (most - least + 1));
  };
}
