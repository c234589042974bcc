// Never run: what must compile, and what must not.
import { Cluster, Redis } from 'ioredis';
import {
  type Counter,
  type Gauge,
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

  // @ts-expect-error: the labels are missing
  orders.inc();
  // @ts-expect-error: the labels are missing
  orders.inc(2);
  // @ts-expect-error: the labels are missing
  orders.zero();
  orders.labels('blue', 'nl').inc();

  const depth = metrics.gauge({ name: 'depth', help: 'Depth', labelNames: ['queue'] });
  // @ts-expect-error: the labels are missing
  depth.set(1);
  // @ts-expect-error: the labels are missing
  depth.setToCurrentTime();
  const seconds = metrics.histogram({ name: 'seconds', help: 'Seconds', labelNames: ['queue'] });
  // @ts-expect-error: the labels are missing
  seconds.observe(1);

  // Who writes `Counter` alone leaves the labels to the check when the code runs.
  const some: Counter = orders;
  some.inc();
  some.inc({ type: 'blue', country: 'nl' });
  const any: Gauge = depth;
  any.set(1);

  const visits = metrics.gauge({ name: 'visits', help: 'Visits' });
  visits.set(1);
  visits.inc();
  visits.zero();
  visits.setToCurrentTime();
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
