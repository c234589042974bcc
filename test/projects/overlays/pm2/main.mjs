// A server that counts what it answers, in each process of PM2's cluster mode.
import 'reflect-metadata';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';

const { GATEWAY, REDIS, JOB, PORT } = process.env;

class OrdersController {
  constructor(metrics) {
    this.orders = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['way'] });
  }
  order() {
    this.orders.inc({ way: 'http' });
    return { process: process.pid };
  }
}
Inject(MetricsService)(OrdersController, undefined, 0);
Get()(OrdersController.prototype, 'order', Object.getOwnPropertyDescriptor(OrdersController.prototype, 'order'));
Controller('order')(OrdersController);

class AppModule {}
Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: [JOB] },
      pushgateway: { host: GATEWAY, redis: REDIS },
      autoPush: { everyMs: 200 },
    }),
  ],
  controllers: [OrdersController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
// PM2 asks a process to end by SIGINT, and kills it after `kill_timeout`.
app.enableShutdownHooks();
await app.listen(Number(PORT), '127.0.0.1');
process.send?.('ready');
