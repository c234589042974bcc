// Counts to 3, in a module without a name and in one with, pushes, and reads at the gateway. Without decorators: each runtime has its own way.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getMetricsServiceToken, MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';

const { GATEWAY, REDIS, JOB } = process.env;
const options = (job) => ({
  prometheus: { jobs: [job] },
  pushgateway: { host: GATEWAY, redis: REDIS },
  autoPush: { everyMs: 100 },
});

class AppModule {}
Module({
  imports: [
    PrometheusPushgatewayModule.forRoot(options(JOB)),
    PrometheusPushgatewayModule.forRoot({ ...options(`${JOB}-named`), name: 'named' }),
  ],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
for (const token of [MetricsService, getMetricsServiceToken('named')]) {
  const metrics = app.get(token);
  const orders = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['way'] });
  metrics.histogram({ name: 'seconds', help: 'Time' }).observe(0.2);
  orders.inc({ way: 'one' }, 2);
  const { outcome, reason = '' } = await metrics.push();
  console.log(`${outcome} ${reason}`);
  orders.inc({ way: 'one' });
}
// The end stores and pushes what was counted last; nothing is left that keeps the process alive.
await app.close();
