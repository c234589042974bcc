import type { Gauge, GaugeChild, MetricsService } from '../../metrics/index.js';
import type { Preset } from './presets.js';

/** How many requests are under way, by method and scheme. */
export class ActiveRequests {
  readonly #gauge: Gauge;
  readonly #plain = new Map<string, GaugeChild>();
  readonly #secure = new Map<string, GaugeChild>();

  constructor(
    metrics: MetricsService,
    private readonly preset: Preset,
  ) {
    this.#gauge = metrics.gauge<string>({ ...preset.active, aggregation: 'sum' });
  }

  of(method: string, isSecure: boolean): GaugeChild {
    const children = isSecure ? this.#secure : this.#plain;
    let child = children.get(method);
    if (child === undefined) {
      children.set(method, (child = this.#gauge.labels(this.preset.activeLabels(method, isSecure))));
    }
    return child;
  }
}
