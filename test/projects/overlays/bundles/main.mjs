import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';

const { JOB, GATEWAY, REDIS } = process.env;

class AppModule {}
Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: [JOB] },
      pushgateway: { host: GATEWAY, redis: REDIS },
      autoPush: false,
    }),
  ],
})(AppModule);

const app = NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
app.then(async (context) => {
  const metrics = context.get(MetricsService);
  metrics.counter({ name: 'orders_total', help: 'Orders placed' }).inc(3);
  const { outcome, reason = '' } = await metrics.push();
  console.log(outcome, reason);
  await context.close();
});
