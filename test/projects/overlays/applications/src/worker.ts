import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BullModule, InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { OrdersService, shop } from './shop.module.ts';

/** One connection, of the application's own, for the queue and for metrics. */
const [host, port] = (process.env.REDIS ?? 'localhost:6379').split(':');
const connection = new Redis({ host, port: Number(port), maxRetriesPerRequest: null });
const queueName = process.env.JOB ?? 'orders';

@Processor(queueName)
class OrdersWorker extends WorkerHost {
  constructor(private readonly orders: OrdersService) {
    super();
  }

  process(): Promise<number> {
    return Promise.resolve(this.orders.place('queue'));
  }
}

@Module({
  imports: [shop(connection), BullModule.forRoot({ connection }), BullModule.registerQueue({ name: queueName })],
  providers: [OrdersService, OrdersWorker],
})
class AppModule {
  constructor(@InjectQueue(queueName) readonly queue: Queue) {}
}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule);
  await app.init();
  const { queue } = app.get(AppModule);
  for (let at = 0; at < 3; at++) await queue.add('order', {});
  while ((await queue.getCompletedCount()) < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  await app.get(OrdersService).push();
  await app.close();
  connection.disconnect();
}
void main();
