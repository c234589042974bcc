import type { ModuleRef } from '@nestjs/core';
import { UpdateBuffers } from '../buffer/index.js';
import { Shutdown } from '../push/index.js';
import { endQuietly } from './output.js';

/**
 * For a process that runs a command: it does what it was asked for and no more. The application's own `@Cron` and
 * `@Interval` jobs are stopped: Nest starts them in every process, and a `push` that watches for days must not do the
 * application's work a second time. Nor does the process push or delete unasked when it ends.
 */
export async function doNothingUnasked(moduleRef: ModuleRef): Promise<void> {
  endQuietly();
  const { SchedulerRegistry } = await import(/* webpackMode: "eager" */ '@nestjs/schedule');
  moduleRef.get(Shutdown, { strict: false }).leaveGatewaysAlone();
  const registry = findRegistry(moduleRef, SchedulerRegistry);
  if (registry === undefined) return;
  for (const name of registry.getIntervals()) registry.deleteInterval(name);
  for (const name of registry.getTimeouts()) registry.deleteTimeout(name);
  for (const name of registry.getCronJobs().keys()) registry.deleteCronJob(name);
}

/**
 * The same for a command that only looks: nor is what the application defines and counts at its start stored by it, and its end
 * waits for no store.
 */
export async function onlyLook(moduleRef: ModuleRef): Promise<void> {
  moduleRef.get(UpdateBuffers, { strict: false }).stop();
  await doNothingUnasked(moduleRef);
}

function findRegistry<T>(moduleRef: ModuleRef, type: new () => T): T | undefined {
  try {
    return moduleRef.get(type, { strict: false });
  } catch {
    return undefined;
  }
}
