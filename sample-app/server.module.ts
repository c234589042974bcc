import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { PrometheusPushgatewayHealthModule } from 'nestjs-prometheus-pushgateway/health';
import { AppModule } from './app.module.js';
import { HealthController } from './health/health.controller.js';

/** What the server runs: the application, and what is asked of a server alone. */
@Module({
  imports: [AppModule, TerminusModule.forRoot({ logger: false }), PrometheusPushgatewayHealthModule],
  controllers: [HealthController],
})
export class ServerModule {}
