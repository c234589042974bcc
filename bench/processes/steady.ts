import { setTimeout as wait } from 'node:timers/promises';

/** Short against a flush, long against the cost of waking up. */
const TICK_MS = 10;

/** Calls `act` with 0, 1, 2, ... so many times a second for so long, and gives the CPU milliseconds that this process used. */
export async function atRate(
  perSecond: number,
  total: number,
  act: (at: number) => void | Promise<void>,
): Promise<number> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  for (let done = 0; done < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * perSecond));
    for (; done < due; done += 1) {
      const waiting = act(done);
      if (waiting) await waiting;
    }
    await wait(TICK_MS);
  }
  return cpuMsSince(cpu);
}

export function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
