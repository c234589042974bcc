import { setTimeout as wait } from 'node:timers/promises';
import { randomNumbers } from '../../support/random-numbers.js';
import type { ClusterOptions } from './cluster.js';
import { type Chooser, type Fault, faults, StepNotReachedError } from './faults/index.js';
import type { Strategy } from './strategies.js';

const FEWEST = 3;
const MOST = 6;

interface Event {
  readonly atSeconds: number;
  readonly fault: Fault;
  /** Decides whom it hits. */
  readonly choose: Chooser;
}

/** Choices that look random and are the same for the same seed. */
export function chooserOf(seed: number): Chooser {
  const random = randomNumbers(seed);
  return (count) => Math.floor(random() * count);
}

/** Several faults, one after the other or at once, as one: what, when and whom is decided by the seed; no fault whose name contains `except`. */
export function randomFault(seed: number, seconds: number, strategy: Strategy, except?: string): Fault {
  const choose = chooserOf(seed);
  const possible = faults.filter(
    ({ name, cell, happensTo }) =>
      cell !== 'table only' &&
      (except === undefined || !name.includes(except)) &&
      (happensTo === undefined || happensTo(strategy)),
  );
  const persistent = choose(2) === 1;
  const events = Array.from({ length: FEWEST + choose(MOST - FEWEST + 1) }, (_, at): Event => {
    const fault = possible[choose(possible.length)] as Fault;
    return { atSeconds: choose(seconds / 2), fault, choose: chooserOf(seed * 1_000 + at) };
  }).sort((one, other) => one.atSeconds - other.atSeconds);
  const cluster: ClusterOptions = Object.assign(
    { persistent },
    ...events.map(({ fault }) => fault.cluster),
  ) as ClusterOptions;
  const told = events.map(({ atSeconds, fault: { name } }) => `${atSeconds} s ${name}`);
  return {
    name: `${cluster.persistent ? 'persistent: ' : ''}${told.join(', ')}`,
    cluster,
    strike: async (struck, _, lastingMs) => {
      await Promise.all(
        events.map(async (event) => {
          await wait(event.atSeconds * 1_000);
          await event.fault.strike(struck, event.choose, lastingMs / 4).catch(ignoreMissedStep);
        }),
      );
    },
  };
}

/** While other things go wrong, pushes may not come so far. */
function ignoreMissedStep(error: unknown): void {
  if (!(error instanceof StepNotReachedError)) throw error;
}
