import { Module } from '@nestjs/common';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { QueueModule } from '../queue/queue.module.js';
import { OrdersController } from './orders.controller.js';
import { ORDERS_UNPAID } from './orders.metrics.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [QueueModule, PrometheusPushgatewayModule.forFeature([ORDERS_UNPAID])],
  controllers: [OrdersController],
  providers: [OrdersService],
  exports: [OrdersService],
})
export class OrdersModule {}
