import { type ModuleRef, ModulesContainer } from '@nestjs/core';
import type { SchedulerRegistry } from '@nestjs/schedule';
import { UpdateBuffers } from '../buffer/index.js';
import { tokenIn } from '../options/index.js';
import { Shutdown } from '../push/index.js';
import { endQuietly } from './output.js';
import { modulesIn } from './which-module.js';

/**
 * For a process that runs a command: it does only what it was asked to do. The application's own `@Cron` and
 * `@Interval` jobs are stopped: Nest starts them in every process, and a `push` that watches for days must not do the
 * application's work a second time. Nor does the process push or delete unasked when it ends.
 */
export function doNothingUnasked(moduleRef: ModuleRef): void {
  endQuietly();
  for (const name of modulesIn(moduleRef)) {
    moduleRef.get<Shutdown>(tokenIn(name, Shutdown), { strict: false }).leaveGatewaysAlone();
  }
  for (const registry of registriesIn(moduleRef.get(ModulesContainer, { strict: false }))) {
    for (const name of registry.getIntervals()) registry.deleteInterval(name);
    for (const name of registry.getTimeouts()) registry.deleteTimeout(name);
    for (const name of registry.getCronJobs().keys()) registry.deleteCronJob(name);
  }
}

/**
 * The same for a command that only looks: nor is what the application defines and counts at its start stored by it, and its end
 * waits for no store.
 */
export function onlyLook(moduleRef: ModuleRef): void {
  for (const name of modulesIn(moduleRef)) {
    moduleRef.get<UpdateBuffers>(tokenIn(name, UpdateBuffers), { strict: false }).stop();
  }
  doNothingUnasked(moduleRef);
}

/**
 * The registries of the application's `@nestjs/schedule`, of whichever copy, under whatever name a bundler gave the class. To ask
 * Nest for it by its class would load the package, cron and a calendar, which an application without jobs does not need.
 */
function registriesIn(modules: ModulesContainer): SchedulerRegistry[] {
  const registries = [...modules.values()].flatMap(({ providers }) =>
    [...providers.values()]
      .filter(({ metatype }) => isRegistryClass(metatype))
      .map(({ instance }): unknown => instance),
  );
  return [...new Set(registries)] as SchedulerRegistry[];
}

const METHODS = ['getIntervals', 'deleteInterval', 'getTimeouts', 'deleteTimeout', 'getCronJobs', 'deleteCronJob'];

/** By its class: an instance of somebody else's may do anything when a property is read, or have every one that is asked for. */
function isRegistryClass(type: unknown): boolean {
  const methods = (typeof type === 'function' ? (type.prototype ?? {}) : {}) as Record<string, unknown>;
  return METHODS.every((name) => typeof methods[name] === 'function');
}
