import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { PrometheusPushgatewayHealthIndicator } from 'nestjs-prometheus-pushgateway/health';

/** For the platform that runs the shop: it goes on selling while its metrics wait, so none of them is required. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly metrics: PrometheusPushgatewayHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    // Where the environment turns `autoPush` off, a push by hand or by a cron job may be an hour old.
    const maxAgeMs = 3_600_000;
    return this.health.check([
      () => this.metrics.store(),
      () => this.metrics.gateways(),
      () => this.metrics.lastPush('last-push', { maxAgeMs }),
    ]);
  }
}
