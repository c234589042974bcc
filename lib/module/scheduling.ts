import { createRequire } from 'node:module';
import { LazyModuleLoader, MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { SchedulerRegistry } from '@nestjs/schedule';

/**
 * Makes sure that `@Cron`, `@Interval`, `@Timeout` and `SchedulerRegistry` work in the application, once: with two
 * ScheduleModules every job would fire twice. Runs while providers are created, when all modules of the application are
 * known; Nest then calls the hooks of the module added here as of any other.
 *
 * An application that uses none of them does not wait for `@nestjs/schedule`, cron and its calendar to load.
 */
export async function ensureScheduling(modules: ModulesContainer, loader: LazyModuleLoader): Promise<void> {
  if (findModule(modules, SCHEDULE_MODULE) || isCommandProcess(modules)) return;
  if (!hasScheduledMethod(modules) && !mayBeLoaded()) return;
  const { ScheduleModule } = await import('@nestjs/schedule');
  await loader.load(() => ScheduleModule.forRoot(), { logger: false });
}

/** The application's, or that of {@link ensureScheduling}; undefined if there is none, and so nobody to ask it. */
export function findSchedulerRegistry(modules: ModulesContainer): SchedulerRegistry | undefined {
  const providers = [...(findModule(modules, SCHEDULE_MODULE)?.providers.values() ?? [])];
  return providers.find(({ name }) => name === 'SchedulerRegistry')?.instance as SchedulerRegistry | undefined;
}

/** Whether nest-commander runs this process: commands start no scheduler. */
export function isCommandProcess(modules: ModulesContainer): boolean {
  return findModule(modules, 'CommandRunnerModule') !== undefined;
}

const SCHEDULE_MODULE = 'ScheduleModule';

type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** By name: an application may have its own copy of the package. */
function findModule(modules: ModulesContainer, name: string): NestModule | undefined {
  return [...modules.values()].find(({ metatype }) => metatype.name === name);
}

/** What `@Cron`, `@Interval` and `@Timeout` leave at a method, in every copy of the package. */
const SCHEDULER_TYPE = 'SCHEDULER_TYPE';

/** Looks where ScheduleModule will look, before any instance is made: each class has its prototype there by now. */
function hasScheduledMethod(modules: ModulesContainer): boolean {
  const scanner = new MetadataScanner();
  const wrappers = [...modules.values()].flatMap(({ providers, controllers }) => [
    ...providers.values(),
    ...controllers.values(),
  ]);
  return wrappers.some(({ instance }: { instance?: unknown }) => {
    const prototype = instance ? (Object.getPrototypeOf(instance) as Record<string, object> | null) : null;
    return scanner
      .getAllMethodNames(prototype)
      .some((name) => Reflect.hasMetadata(SCHEDULER_TYPE, prototype?.[name] as object));
  });
}

/**
 * Whether somebody may have loaded `@nestjs/schedule`, and so can ask for its registry, or make an object with scheduled
 * methods in a factory. It loads the package `cron`, which is CommonJS, whoever imports it, and therefore known to
 * `require`. Where even the package that every application of Nest loads is not known, as in a bundle, nobody can tell.
 */
function mayBeLoaded(): boolean {
  const paths = Object.keys(createRequire(process.execPath).cache);
  const isLoaded = (name: string): boolean => paths.some((path) => path.split(/[\\/]/).includes(name));
  return isLoaded('cron') || !isLoaded('reflect-metadata');
}
