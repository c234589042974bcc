import { Module } from '@nestjs/common';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { PackingQueue } from './packing-queue.js';
import { QueueController } from './queue.controller.js';
import { QueueDepth } from './queue-depth.js';

@Module({
  imports: [
    PrometheusPushgatewayModule.forFeature([
      { name: 'queue_depth', help: 'Orders that wait to be packed', type: 'gauge' },
    ]),
  ],
  controllers: [QueueController],
  providers: [PackingQueue, QueueDepth],
  exports: [PackingQueue],
})
export class QueueModule {}
