import { Injectable } from '@nestjs/common';
import { MetricsService, PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { inPrometheus, inStore, onGateway } from '../places/columns.js';
import { Place } from './place.js';
import { ShopSettings } from './settings.js';
import { Stage } from './demo-channel.js';

/** All places where the values of this shop arrive: those it is configured with, and the further Prometheus of a demo. */
@Injectable()
export class Places {
  readonly #byUrl = new Map<string, Place>();

  constructor(
    private readonly metrics: MetricsService,
    private readonly prometheus: PrometheusClient,
    private readonly settings: ShopSettings,
    private readonly stage: Stage,
  ) {}

  all(): Place[] {
    const { jobs, instance, gateways, storeTitle } = this.settings;
    const nameOf = (kind: string, at: number, count: number): string => (count === 1 ? kind : `${kind} ${at + 1}`);
    const prometheus = this.stage.staging?.prometheus.map(({ url }) => url) ?? [this.prometheus.address];
    return [
      this.#once('', () => new Place('store', '', inStore(storeTitle, this.metrics, jobs))),
      ...gateways.map(({ url, headers }, at) =>
        this.#once(url, () => {
          const title = nameOf('Gateway', at, gateways.length);
          return new Place('gateway', url, onGateway(title, url, { headers }));
        }),
      ),
      ...prometheus.map((url, at) =>
        this.#once(url, () => {
          const client = url === this.prometheus.address ? this.prometheus : new PrometheusClient({ host: url });
          const title = nameOf('Prometheus', at, prometheus.length);
          return new Place('prometheus', url, inPrometheus(title, client, jobs, instance));
        }),
      ),
    ];
  }

  #once(url: string, make: () => Place): Place {
    const place = this.#byUrl.get(url) ?? make();
    this.#byUrl.set(url, place);
    return place;
  }
}
