import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuMsSince } from './steady.js';

/** How often the loop is looked at; a block of less shows as none. */
const RESOLUTION_MS = 1;

/** Runs something once and gives its wall time and the CPU time of this process, in ms. */
export async function clock(act: () => Promise<unknown>): Promise<{ wallMs: number; cpuMs: number }> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await act();
  return { wallMs: performance.now() - begun, cpuMs: cpuMsSince(cpu) };
}

/** Runs something several times, one after the other, and gives the mean CPU time of this process, in ms: garbage is collected in it. */
export async function meanCpu(times: number, act: () => Promise<unknown>): Promise<number> {
  const cpu = process.cpuUsage();
  for (let done = 0; done < times; done += 1) await act();
  return cpuMsSince(cpu) / times;
}

/** Runs something once and gives the longest block of the event loop, in ms. Apart from {@link clock}: to look costs CPU. */
export async function longestBlock(act: () => Promise<unknown>): Promise<{ blockMs: number }> {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loop.enable();
  loop.reset();
  // The first look after a reset only sets the clock: without it, a block at the very beginning would be missed.
  await wait(20);
  await act();
  await wait(5);
  loop.disable();
  return { blockMs: Math.max(0, loop.max / 1e6 - RESOLUTION_MS) };
}
