/**
 * A process that counts for some seconds: `node count.js <options as JSON> <increments>`. It ends when all are stored.
 */
import 'reflect-metadata';
import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

/** A million of them at once would be over before the first push. */
const INCREMENTS_AT_ONCE = 100;

const [options, increments] = process.argv.slice(2) as [string, string];

@Module({
  imports: [PrometheusPushgatewayModule.forRoot(JSON.parse(options) as PrometheusPushgatewayModuleOptions)],
})
class CountModule {}

const context = await NestFactory.createApplicationContext(CountModule, { logger: ['error', 'warn'] });
const orders = context
  .get(MetricsService)
  .counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] })
  .labels({ type: 'blue' });
for (let done = 0; done < Number(increments); done += 1) {
  orders.inc();
  if (done % INCREMENTS_AT_ONCE === 0) await wait(1);
}
await context.close();
