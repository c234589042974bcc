import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { AppModule } from './app.module.js';
import { OrdersService } from './orders.service.js';

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
  app.get(OrdersService).place('blue');
  app.get(OrdersService).place('blue');
  process.stdout.write(await app.get(MetricsService).text());
  await app.close();
}

void main();
