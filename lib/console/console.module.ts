import { type DynamicModule, Module } from '@nestjs/common';
import { type PrometheusPushgatewayConsoleOptions, resolveConsoleOptions } from './console-options.js';
import { Console, CONSOLE_OPTIONS } from './console.service.js';
import { consoleController } from './http/console.controller.js';
import { LastConnections } from './http/last-connections.js';

/**
 * A page of the application that shows its metrics, groups, gateways, Prometheus and the doctor's findings, live.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] } }),
 *     PrometheusPushgatewayConsoleModule.forRoot({ path: '/metrics-console', guards: [AdminGuard] }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class PrometheusPushgatewayConsoleModule {
  /** @throws ConfigurationError without `guards`, unless `public` is true; for any option that is not as it should be */
  static forRoot(given: PrometheusPushgatewayConsoleOptions): DynamicModule {
    const options = resolveConsoleOptions(given);
    return {
      module: PrometheusPushgatewayConsoleModule,
      imports: [...(given.imports ?? [])],
      controllers: [consoleController(options)],
      providers: [{ provide: CONSOLE_OPTIONS, useValue: options }, Console, LastConnections],
    };
  }
}
