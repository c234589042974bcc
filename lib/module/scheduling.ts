import nodeModule from 'node:module';
import { LazyModuleLoader, MetadataScanner, ModuleRef, ModulesContainer } from '@nestjs/core';
import type { SchedulerRegistry } from '@nestjs/schedule';

/** Gives the application's registry once its providers are made; undefined if it has none, and so nobody to ask it. */
export type FindSchedulerRegistry = () => SchedulerRegistry | undefined;

/**
 * Makes sure that `@Cron`, `@Interval`, `@Timeout` and `SchedulerRegistry` work in the application, once: with two
 * ScheduleModules every job would fire twice. Runs while providers are created, when all modules of the application are
 * known; Nest then calls the hooks of the module added here as of any other.
 *
 * An application that uses none of them does not wait for `@nestjs/schedule`, cron and its calendar to load.
 */
export function ensureScheduling(
  modules: ModulesContainer,
  loader: LazyModuleLoader,
  moduleRef: ModuleRef,
): Promise<FindSchedulerRegistry> {
  const ensured = underWay.get(modules) ?? ensureOnce(modules, loader, moduleRef);
  underWay.set(modules, ensured);
  return ensured;
}

/** Several modules of ours in one application begin at the same time. */
const underWay = new WeakMap<ModulesContainer, Promise<FindSchedulerRegistry>>();

async function ensureOnce(
  modules: ModulesContainer,
  loader: LazyModuleLoader,
  moduleRef: ModuleRef,
): Promise<FindSchedulerRegistry> {
  const own = findModule(modules, SCHEDULE_MODULE);
  if (own) return () => findProvider(own, SCHEDULER_REGISTRY) as SchedulerRegistry | undefined;
  if (isCommandProcess(modules) || !(hasScheduledMethod(modules) || mayBeLoaded())) return () => undefined;
  const { ScheduleModule, SchedulerRegistry } = await import(/* webpackMode: "eager" */ '@nestjs/schedule');
  // Some bundlers give classes other names.
  const isThere = [...modules.values()].some(({ metatype }) => metatype === ScheduleModule);
  if (!isThere) await loader.load(() => ScheduleModule.forRoot(), { logger: false });
  return () => moduleRef.get(SchedulerRegistry, { strict: false });
}

/** Whether nest-commander runs this process: commands start no scheduler. */
export function isCommandProcess(modules: ModulesContainer): boolean {
  return findModule(modules, 'CommandRunnerModule') !== undefined;
}

const SCHEDULE_MODULE = 'ScheduleModule';
const SCHEDULER_REGISTRY = 'SchedulerRegistry';

type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** By name: an application may have its own copy of the package. */
function findModule(modules: ModulesContainer, name: string): NestModule | undefined {
  return [...modules.values()].find(({ metatype }) => metatype.name === name);
}

function findProvider({ providers }: NestModule, name: string): unknown {
  return [...providers.values()].find((provider) => provider.name === name)?.instance;
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
  // A bundler may have put something of its own in the place of `require`, which knows nothing.
  const { cache = {} } = nodeModule.createRequire(process.execPath) as Partial<NodeJS.Require>;
  const paths = Object.keys(cache);
  const isLoaded = (name: string): boolean => paths.some((path) => path.split(/[\\/]/).includes(name));
  return isLoaded('cron') || !isLoaded('reflect-metadata');
}
