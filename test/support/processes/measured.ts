/**
 * An application that measures its own process, beside what it counts: `node measured.js <options as JSON>`. Prints `ready` when it has
 * started.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

const options = JSON.parse(process.argv[2] as string) as PrometheusPushgatewayModuleOptions;

@Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
class MeasuredModule {}

const context = await NestFactory.createApplicationContext(MeasuredModule, { logger: ['error', 'warn'] });
context.enableShutdownHooks();
context.get(MetricsService).counter({ name: 'orders_total', help: 'Orders' }).inc(2);
process.stdout.write('ready\n');
