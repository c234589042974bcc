import { LazyModuleLoader, ModulesContainer } from '@nestjs/core';

/**
 * Makes sure that `@Cron`, `@Interval` and `SchedulerRegistry` work in the application, once: with two ScheduleModules
 * every job would fire twice. Runs while providers are created, when all modules of the application are known; Nest
 * then calls the hooks of the module added here as of any other.
 */
export async function ensureScheduling(modules: ModulesContainer, loader: LazyModuleLoader): Promise<void> {
  if (hasModule(modules, 'ScheduleModule') || isCommandProcess(modules)) return;
  const { ScheduleModule } = await import('@nestjs/schedule');
  await loader.load(() => ScheduleModule.forRoot(), { logger: false });
}

/** Whether nest-commander runs this process: commands start no scheduler. */
export function isCommandProcess(modules: ModulesContainer): boolean {
  return hasModule(modules, 'CommandRunnerModule');
}

/** By name: an application may have its own copy of the package. */
function hasModule(modules: ModulesContainer, name: string): boolean {
  return [...modules.values()].some(({ metatype }) => metatype.name === name);
}
