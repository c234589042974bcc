import { setTimeout as wait } from 'node:timers/promises';

/** Short against a flush, long against the cost of waking up. */
const TICK_MS = 10;

/** Calls `act` with 0, 1, 2, ... at this rate per second for this time, and gives the CPU milliseconds that this process used. */
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

/** Not measured: code that runs for the first time is compiled. */
const WARM_UPS = 10;

/**
 * Calls `act` once per second, this many times after some that are not measured.
 * @param commands How many commands Redis has had so far. Default: nobody asks.
 */
export async function everySecond(
  act: () => Promise<void>,
  times: number,
  commands: () => Promise<number> = () => Promise.resolve(0),
): Promise<{ cpuMs: number; commands: number }> {
  for (let done = 0; done < WARM_UPS; done += 1) await act();
  const before = await commands();
  const cpu = process.cpuUsage();
  for (let done = 0; done < times; done += 1) {
    const next = wait(1_000);
    await act();
    await next;
  }
  return { cpuMs: cpuMsSince(cpu) / times, commands: ((await commands()) - before) / times };
}

export function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
