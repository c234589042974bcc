import type { MetricsService } from '../metrics/index.js';
import { PointWriter, type WriterPlace } from './point-writer.js';
import { CUMULATIVE, DELTA, type ExportResult, type ResourceMetrics } from './shapes.js';

/** How many exports wait for the application to start: an hour and a half of them, a minute apart. */
const MOST_WAITING = 100;

/** How metrics of OpenTelemetry are shown. */
export interface PushgatewayMetricExporterOptions {
  /**
   * Whether series have the labels `otel_scope_name`, `otel_scope_version` and `otel_scope_schema_url`.
   * @defaultValue true
   */
  scopeLabels?: boolean;
}

/**
 * A metric exporter for `@opentelemetry/sdk-metrics`: what all replicas measure adds up in Redis and is pushed. It is made before
 * the application, and begins to count when that starts with `PrometheusPushgatewayOpenTelemetryModule`.
 *
 * @example
 * ```ts
 * export const exporter = new PushgatewayMetricExporter();
 * export const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
 * ```
 */
export class PushgatewayMetricExporter {
  readonly #hasScopeLabels: boolean;
  #waiting: ResourceMetrics[] = [];
  #metrics: MetricsService | undefined;
  #writer: PointWriter | undefined;
  #over: Error | undefined;

  constructor({ scopeLabels = true }: PushgatewayMetricExporterOptions = {}) {
    this.#hasScopeLabels = scopeLabels;
  }

  /** @internal The application starts: what waits is counted. */
  bind(place: Omit<WriterPlace, 'hasScopeLabels'>): void {
    this.#metrics = place.metrics;
    this.#writer = new PointWriter({ ...place, hasScopeLabels: this.#hasScopeLabels });
    for (const metrics of this.#waiting.splice(0)) this.#writer.write(metrics);
  }

  /** @internal The application ends: nothing more is stored. */
  unbind(): void {
    this.#metrics = undefined;
    this.#writer = undefined;
    this.#over ??= new Error('the application has ended');
  }

  /**
   * Counts what the SDK has collected. That is done when this returns: it is sent to Redis by itself, again and again if need be, and
   * once.
   */
  export(metrics: ResourceMetrics, resultCallback: (result: ExportResult) => void): void {
    const refusal = this.#refusal();
    if (refusal === undefined) {
      if (this.#writer) this.#writer.write(metrics);
      else this.#waiting.push(metrics);
    }
    resultCallback(refusal === undefined ? { code: 0 } : { code: 1, error: refusal });
  }

  /**
   * Resolves when everything that was exported before the call is in Redis.
   * @throws StoreUnavailableError if Redis does not answer now; it is kept and sent later. Error while something waits for the start
   * of the application.
   */
  async forceFlush(): Promise<void> {
    if (this.#waiting.length > 0) throw new Error(`${this.#waiting.length} exports wait for the application to start`);
    await this.#metrics?.flush();
  }

  /**
   * As {@link forceFlush}; from now on exports fail.
   * @throws StoreUnavailableError if Redis does not answer now; the application sends it later, or says that it is lost.
   */
  async shutdown(): Promise<void> {
    this.#over ??= new Error('the exporter has been shut down');
    await this.forceFlush();
  }

  /** Delta, but for what goes up and down: there each process tells what it has. */
  selectAggregationTemporality(instrumentType: string): 0 | 1 {
    return instrumentType.endsWith('UP_DOWN_COUNTER') ? CUMULATIVE : DELTA;
  }

  #refusal(): Error | undefined {
    if (this.#over) return this.#over;
    if (this.#writer === undefined && this.#waiting.length >= MOST_WAITING) {
      return new Error(`${MOST_WAITING} exports wait for the application to start already`);
    }
    return undefined;
  }
}
