import { Injectable } from '@nestjs/common';
import { Counter, type Histogram, InjectMetric, MetricsService } from 'nestjs-prometheus-pushgateway';

@Injectable()
export class OrdersService {
  private readonly durations: Histogram<'type'>;

  constructor(
    metrics: MetricsService,
    @InjectMetric('shop_orders_total') private readonly orders: Counter<'type' | 'country'>,
  ) {
    this.durations = metrics.histogram({
      name: 'order_duration_seconds',
      help: 'Time to place an order',
      labelNames: ['type'],
      buckets: [1],
    });
  }

  place(type: string): void {
    this.orders.inc({ type, country: 'nl' });
    this.durations.observe({ type }, 0.5);
  }
}
