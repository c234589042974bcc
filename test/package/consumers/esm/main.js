// An application in plain JavaScript, as an ES module: a decorator is a function, called on the class.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ConfigurationError,
  MetricsService,
  PrometheusPushgatewayError,
  PrometheusPushgatewayModule,
  UnknownJobError,
} from 'nestjs-prometheus-pushgateway';

class AppModule {}
Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['shop'], instance: 'esm' },
      pushgateway: { redis: 'memory' },
      autoPush: { everyMs: 60_000 },
      pushOnShutdown: false,
    }),
  ],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
const metrics = app.get(MetricsService);
const orders = metrics.counter({ name: 'orders_total', help: 'Orders placed', labelNames: ['type'] });
orders.inc({ type: 'blue' });
orders.labels('blue').inc(2);

const refusal = await metrics.text('no-such-job').catch((error) => error);
console.log(
  JSON.stringify({
    text: await metrics.text(),
    refusal: refusal.code,
    isOurs: refusal instanceof UnknownJobError && refusal instanceof PrometheusPushgatewayError,
    isOther: refusal instanceof ConfigurationError,
  }),
);
await app.close();
