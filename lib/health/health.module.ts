import { Module } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { PrometheusPushgatewayHealthIndicator } from './health.indicator.js';

/**
 * Gives `PrometheusPushgatewayHealthIndicator` to the controllers that check the health of an application by `@nestjs/terminus`.
 *
 * @example
 * ```ts
 * @Module({ imports: [TerminusModule, PrometheusPushgatewayHealthModule], controllers: [HealthController] })
 * export class HealthModule {}
 * ```
 */
@Module({
  providers: [HealthIndicatorService, PrometheusPushgatewayHealthIndicator],
  exports: [PrometheusPushgatewayHealthIndicator],
})
export class PrometheusPushgatewayHealthModule {}
