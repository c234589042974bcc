import { Injectable } from '@nestjs/common';
import { type Counter, MetricsService } from 'nestjs-prometheus-pushgateway';

@Injectable()
export class OrdersService {
  private readonly orders: Counter;

  constructor(metrics: MetricsService) {
    this.orders = metrics.counter({ name: 'orders_total', help: 'Orders' });
  }

  place(): void {
    this.orders.inc();
  }
}
