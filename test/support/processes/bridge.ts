/**
 * An application whose process is measured by prom-client, beside what it counts itself: `node bridge.js <options as JSON>`. Prints
 * `ready` when it has started.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { Counter, PrometheusPushgatewayPromClientModule } from 'nestjs-prometheus-pushgateway/prom-client';
import * as promClient from 'prom-client';

const options = JSON.parse(process.argv[2] as string) as PrometheusPushgatewayModuleOptions;

promClient.collectDefaultMetrics();
const jobs = new promClient.Histogram({ name: 'library_jobs', help: 'Jobs of a library', buckets: [1, 2] });
jobs.observe(1.5);
const orders = new Counter({ name: 'orders_total', help: 'Orders' });
orders.inc(2);

@Module({
  imports: [
    PrometheusPushgatewayModule.forRoot(options),
    PrometheusPushgatewayPromClientModule.forRoot({ registries: [promClient.register] }),
  ],
})
class BridgeModule {}

const context = await NestFactory.createApplicationContext(BridgeModule, { logger: ['error', 'warn'] });
context.enableShutdownHooks();
process.stdout.write('ready\n');
