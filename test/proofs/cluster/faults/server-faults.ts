import { setTimeout as wait } from 'node:timers/promises';
import type { Member } from '../member.js';
import type { Fault } from './fault.js';

const AWAY_MS = 3_000;

/** What happens to the other servers that a push goes through. */
export const serverFaults: readonly Fault[] = [
  { name: 'Redis killed', strike: ({ redis }) => killed(redis) },
  {
    name: 'HAProxy killed',
    happensTo: ({ balancer }) => balancer !== undefined,
    strike: ({ balancer }) => killed(balancer as Member),
  },
];

function killed(member: Member): Promise<void> {
  return member.alone(async () => {
    await member.crash();
    await wait(AWAY_MS);
    await member.start();
  });
}
