import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { PrometheusPushgatewayConsoleModule } from 'nestjs-prometheus-pushgateway/console';

const { JOB, GATEWAY, REDIS } = process.env;

class AppModule {}
Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: [JOB] },
      pushgateway: { host: GATEWAY, redis: REDIS },
      autoPush: false,
    }),
    PrometheusPushgatewayConsoleModule.forRoot({ path: '/metrics-console', public: true, actions: true }),
  ],
})(AppModule);

async function start() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  app.get(MetricsService).counter({ name: 'orders_total', help: 'Orders placed' }).inc(3);
  await app.listen(0, '127.0.0.1');
  console.log(`Listening on ${await app.getUrl()}`);
}
void start();
