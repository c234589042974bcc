import { Injectable, NotFoundException } from '@nestjs/common';
import { type Counter, MetricsService, type Summary, Timed } from 'nestjs-prometheus-pushgateway';
import { PackingQueue } from '../queue/packing-queue.js';
import type { NewOrder, Order } from './order.js';

/** Defines its metrics itself, with {@link MetricsService}. */
@Injectable()
export class OrdersService {
  private readonly orders = new Map<number, Order>();
  private readonly placed: Counter<'type' | 'country'>;
  private readonly basketItems: Summary<never>;

  constructor(
    metrics: MetricsService,
    private readonly queue: PackingQueue,
  ) {
    this.placed = metrics.counter({ name: 'orders_total', help: 'Orders placed', labelNames: ['type', 'country'] });
    this.basketItems = metrics.summary({
      name: 'basket_items',
      help: 'Items in an order',
      quantiles: [0.5, 0.9, 0.99],
    });
  }

  @Timed({ name: 'order_placing_seconds', help: 'Time that it takes to place an order', buckets: [0.001, 0.01, 0.1] })
  place({ type, country, items }: NewOrder): Order {
    const order: Order = { id: this.orders.size + 1, type, country, items, isPaid: false, isRefunded: false };
    this.orders.set(order.id, order);
    this.queue.add(order.id);
    this.placed.inc({ type, country });
    this.basketItems.observe(items);
    return order;
  }

  /** How many are not paid yet. */
  get unpaid(): number {
    return [...this.orders.values()].filter(({ isPaid }) => !isPaid).length;
  }

  /** @throws NotFoundException */
  find(id: number): Order {
    const order = this.orders.get(id);
    if (!order) throw new NotFoundException(`No order ${id}`);
    return order;
  }
}
