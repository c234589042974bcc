import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuMsSince } from './steady.js';

/** How often the loop is looked at; a block of less shows as none. */
const RESOLUTION_MS = 1;

/** Runs something once and gives its wall time, the CPU time of this process and the longest block of its event loop, in ms. */
export async function watch(act: () => Promise<unknown>): Promise<{ wallMs: number; cpuMs: number; blockMs: number }> {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loop.enable();
  loop.reset();
  // The first look after a reset only sets the clock: without it, a block at the very beginning would be missed.
  await wait(20);
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await act();
  const wallMs = performance.now() - begun;
  const cpuMs = cpuMsSince(cpu);
  await wait(5);
  loop.disable();
  return { wallMs, cpuMs, blockMs: Math.max(0, loop.max / 1e6 - RESOLUTION_MS) };
}
