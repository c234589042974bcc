import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Figures } from '../harness/row.js';
import { median } from '../harness/statistics.js';
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

/** What a first run and more of them in a row measured: the median wall time of all, and the CPU of each kind, in ms. */
export async function withMoreOnEnd(
  first: { readonly wallMs: number; readonly cpuMs: number },
  more: number,
  act: () => Promise<unknown>,
): Promise<Figures> {
  const walls = [first.wallMs];
  const cpu = process.cpuUsage();
  for (let done = 0; done < more; done += 1) walls.push((await clock(act)).wallMs);
  const onEndCpuMs = cpuMsSince(cpu) / more;
  return { wallMs: median(walls), cpuMs: first.cpuMs, ...(more > 0 && { onEndCpuMs }) };
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
