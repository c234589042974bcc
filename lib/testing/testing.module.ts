import { type DynamicModule, Module } from '@nestjs/common';
import type { MetricDefinition } from '../model/index.js';
import { PrometheusPushgatewayModule } from '../module/index.js';
import { OVERRIDES, TEST_JOB } from './overrides.js';

/** What {@link PrometheusPushgatewayTestingModule.forRoot} takes. */
export interface PrometheusPushgatewayTestingOptions {
  /**
   * Jobs that the tested code names.
   * @defaultValue `['test']`
   */
  jobs?: readonly string[];
  /**
   * Metrics to define at start.
   * @defaultValue none
   */
  metrics?: readonly MetricDefinition[];
}

/**
 * Stands in the place of `PrometheusPushgatewayModule.forRoot(...)` where a test puts together the module itself: the same
 * providers, with values in memory, recorded pushes, no network and no timers.
 *
 * @example
 * ```ts
 * const app = await Test.createTestingModule({
 *   imports: [PrometheusPushgatewayTestingModule.forRoot()],
 *   providers: [OrdersService],
 * }).compile();
 * ```
 */
@Module({})
export class PrometheusPushgatewayTestingModule {
  /** @throws ConfigurationError, when the module is made, for what is no job and no metric */
  static forRoot({ jobs = [TEST_JOB], metrics = [] }: PrometheusPushgatewayTestingOptions = {}): DynamicModule {
    const real = PrometheusPushgatewayModule.forRoot({ prometheus: { jobs }, metrics });
    return { ...real, providers: [...(real.providers ?? []), ...OVERRIDES] };
  }
}
