import { Module } from '@nestjs/common';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { OrdersModule } from '../orders/orders.module.js';
import { PaymentsController } from './payments.controller.js';
import { PAYMENTS_TOTAL, REFUNDS_TOTAL } from './payments.metrics.js';
import { PaymentsService } from './payments.service.js';

@Module({
  imports: [OrdersModule, PrometheusPushgatewayModule.forFeature([PAYMENTS_TOTAL, REFUNDS_TOTAL])],
  controllers: [PaymentsController],
  providers: [PaymentsService],
})
export class PaymentsModule {}
