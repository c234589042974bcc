import { ConflictException, Injectable } from '@nestjs/common';
import { InjectMetric, type MetricOf } from 'nestjs-prometheus-pushgateway';
import type { Order } from '../orders/order.js';
import { OrdersService } from '../orders/orders.service.js';
import type { PaymentMethod } from './payment.js';
import { PAYMENTS_TOTAL, REFUNDS_TOTAL } from './payments.metrics.js';

/** Has its metrics injected, as the module defines them with `forFeature`. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly orders: OrdersService,
    @InjectMetric(PAYMENTS_TOTAL) private readonly payments: MetricOf<typeof PAYMENTS_TOTAL>,
    @InjectMetric(REFUNDS_TOTAL) private readonly refunds: MetricOf<typeof REFUNDS_TOTAL>,
  ) {}

  /** @throws NotFoundException, ConflictException */
  pay(orderId: number, method: PaymentMethod): Order {
    const order = this.orders.find(orderId);
    if (order.isPaid) throw new ConflictException(`Order ${orderId} is paid already`);
    order.isPaid = true;
    this.payments.inc({ method });
    return order;
  }

  /** @throws NotFoundException, ConflictException */
  refund(orderId: number): Order {
    const order = this.orders.find(orderId);
    if (!order.isPaid) throw new ConflictException(`Order ${orderId} is not paid`);
    if (order.isRefunded) throw new ConflictException(`Order ${orderId} is paid back already`);
    order.isRefunded = true;
    this.refunds.inc();
    return order;
  }
}
