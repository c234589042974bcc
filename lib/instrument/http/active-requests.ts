import type { Gauge, GaugeChild, MetricsService } from '../../metrics/index.js';
import { gaugeOfProcesses } from '../gauge-of-processes.js';
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
    this.#gauge = gaugeOfProcesses(metrics, preset.active);
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
