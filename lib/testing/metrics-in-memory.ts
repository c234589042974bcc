import type { InjectionToken } from '@nestjs/common';
import { namesUsed, tokenIn } from '../options/index.js';
import { OVERRIDES } from './overrides.js';

/** What is used of Nest's `TestingModuleBuilder`. */
export interface OverridableModule {
  overrideProvider(token: InjectionToken): {
    useFactory(options: { factory: (...args: never[]) => unknown; inject?: unknown[] }): unknown;
  };
}

/**
 * Lets a testing module do without Redis, gateways and Prometheus, whatever its application configures: values stay in memory,
 * pushes are recorded ({@link recordedPushes}), and no timer is set. Where the application names no job, it is `'test'`.
 *
 * @example
 * ```ts
 * const app = await metricsInMemory(Test.createTestingModule({ imports: [AppModule] })).compile();
 * ```
 * @returns the same builder
 */
export function metricsInMemory<Builder extends OverridableModule>(builder: Builder): Builder {
  for (const name of namesUsed()) {
    for (const { provide, useFactory, inject = [] } of OVERRIDES) {
      const own = inject.map((token) => tokenIn(name, token as symbol));
      builder.overrideProvider(tokenIn(name, provide as symbol)).useFactory({ factory: useFactory, inject: own });
    }
  }
  return builder;
}
