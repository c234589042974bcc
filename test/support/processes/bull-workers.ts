/**
 * A process with workers of BullMQ: `node bull-workers.js <options as JSON> <port of Redis> [holds]`. Jobs of the queue `orders` write what becomes of
 * each attempt into the hash `truth`, once, however often BullMQ begins it again; `mails` has a sandboxed processor. Prints `ready` when it has started. With `holds`,
 * jobs that say so do not end here.
 */
import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { BullModule, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import type { OrderJob } from '../bull-jobs.js';

const options = JSON.parse(process.argv[2] as string) as PrometheusPushgatewayModuleOptions;
const connection = { host: '127.0.0.1', port: Number(process.argv[3]) };
const holds = process.argv[4] === 'holds';
const redis = new Redis(connection);

@Processor('orders', { concurrency: 5, lockDuration: 1_000, stalledInterval: 300, maxStalledCount: 3 })
class OrdersProcessor extends WorkerHost {
  async process({ id, data, attemptsMade, opts }: Job<OrderJob>): Promise<void> {
    const attempt = `${id} ${attemptsMade}`;
    if (holds && data.holds === true) {
      await redis.hset('truth', attempt, 'held');
      await new Promise(() => undefined);
    }
    const isLast = attemptsMade + 1 >= (opts.attempts ?? 1);
    const outcome = attemptsMade >= data.fails ? 'completed' : isLast ? 'failed' : 'retried';
    await redis.hset('truth', attempt, outcome);
    if (outcome !== 'completed') throw new Error('broken');
  }
}

const MAILS = fileURLToPath(new URL('bull-sandbox.js', import.meta.url));

@Module({
  imports: [
    BullModule.forRoot({ connection, prefix: 'shop' }),
    // Twice, as modules do that use the same queue.
    BullModule.registerQueue({ name: 'orders' }, { name: 'mails', processors: [MAILS] }),
    BullModule.registerQueue({ name: 'orders' }),
    PrometheusPushgatewayModule.forRoot(options),
  ],
  providers: [OrdersProcessor],
})
class WorkersModule {}

const context = await NestFactory.createApplicationContext(WorkersModule, { logger: ['error', 'warn'] });
context.enableShutdownHooks();
process.stdout.write('ready\n');
