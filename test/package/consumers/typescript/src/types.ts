// Never run: what must compile, and what must not.
import { Cluster, Redis } from 'ioredis';
import {
  type MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

export function checkLabels(metrics: MetricsService): void {
  const orders = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type', 'country'] });
  orders.inc({ type: 'blue', country: 'nl' });
  // @ts-expect-error: "typo" is no label of this metric
  orders.inc({ typo: 'blue', country: 'nl' });
  // @ts-expect-error: the label "country" is missing
  orders.inc({ type: 'blue' });
  // @ts-expect-error: the label "country" is missing
  orders.labels({ type: 'blue' }).inc();

  const visits = metrics.gauge({ name: 'visits', help: 'Visits' });
  visits.set(1);
  // @ts-expect-error: this metric has no labels
  visits.set({ type: 'blue' }, 1);
  // @ts-expect-error: a gauge observes nothing
  visits.observe(1);
}

/** Clients and options of the user's own ioredis, whichever major it is. */
export function redisOptions(): PrometheusPushgatewayModuleOptions[] {
  const prometheus = { jobs: ['shop'] };
  const redis = new Redis({ lazyConnect: true });
  const cluster = new Cluster([{ host: 'localhost', port: 7000 }], { lazyConnect: true });
  return [
    { prometheus, pushgateway: { redis } },
    { prometheus, pushgateway: { redis: cluster } },
    { prometheus, pushgateway: { redis: { host: 'localhost', port: 6379, db: 1 } } },
    { prometheus, pushgateway: { redis: { nodes: ['localhost:7000'], options: { keyPrefix: 'shop' } } } },
  ];
}

export const misspelled = PrometheusPushgatewayModule.forRoot({
  prometheus: { jobs: ['shop'] },
  // @ts-expect-error: the option is called pushgateway
  pushGateway: { redis: 'memory' },
});
