import { Injectable, Module } from '@nestjs/common';
import { type Counter, MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';

@Injectable()
export class OrdersService {
  private readonly orders: Counter<'way'>;

  constructor(private readonly metrics: MetricsService) {
    this.orders = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['way'] });
  }

  place(way: string): number {
    this.orders.inc({ way });
    return 1;
  }

  /** What a test looks at. */
  async push(): Promise<void> {
    const { outcome, reason } = await this.metrics.push();
    console.log(`${outcome} ${reason ?? ''}`);
  }
}

export function shop(
  redis: NonNullable<Parameters<typeof PrometheusPushgatewayModule.forRoot>[0]['pushgateway']>['redis'],
) {
  return PrometheusPushgatewayModule.forRoot({
    prometheus: { jobs: [process.env.JOB ?? 'shop'] },
    pushgateway: { host: process.env.GATEWAY ?? 'localhost:9091', redis },
    autoPush: false,
  });
}

@Module({ imports: [shop(process.env.REDIS ?? 'memory')], providers: [OrdersService], exports: [OrdersService] })
export class ShopModule {}
