import type { Histogram, HistogramChild, MetricsService } from '../../metrics/index.js';
import type { HttpInstrumentOptions } from '../../options/index.js';
import type { Outcome, Preset } from './presets.js';

/** The series of requests with one method, route and end. */
export interface RequestSeries {
  readonly duration: HistogramChild;
  readonly requestSize: HistogramChild | undefined;
  readonly responseSize: HistogramChild | undefined;
}

/** Bytes: from an empty answer to a large file. */
const SIZE_BUCKETS: readonly number[] = [
  ...[0, 256, 1_024, 4_096, 16_384, 65_536],
  ...[262_144, 1_048_576, 4_194_304, 16_777_216],
];

/** Finds series without building a label set: three look-ups for each request. */
export class SeriesFinder {
  readonly #preset: Preset;
  readonly #duration: Histogram;
  readonly #requestSize: Histogram | undefined;
  readonly #responseSize: Histogram | undefined;
  readonly #ignored: readonly (string | RegExp)[];
  /** By route, method and end. A route that is not measured has `null`. */
  readonly #routes = new Map<string, Map<string, Map<number, RequestSeries>> | null>();

  /** @throws MetricClashError, MetricDefinitionError */
  constructor(metrics: MetricsService, preset: Preset, options: HttpInstrumentOptions) {
    const { buckets, sizes, ignore = [], labels = {} } = options;
    this.#preset = preset;
    this.#ignored = ignore;
    const { duration, requestSize, responseSize, labelNames } = preset;
    this.#duration = metrics.histogram<string>({
      ...duration,
      labelNames: [...labelNames, ...Object.keys(labels)],
      ...(buckets && { buckets }),
    });
    if (!sizes) return;
    this.#requestSize = metrics.histogram<string>({ ...requestSize, labelNames, buckets: SIZE_BUCKETS });
    this.#responseSize = metrics.histogram<string>({ ...responseSize, labelNames, buckets: SIZE_BUCKETS });
  }

  /** Undefined for a route that is not measured. */
  find(outcome: Outcome, further: Readonly<Record<string, string | number>> | undefined): RequestSeries | undefined {
    const { route, method, status = 0, isAborted, isSecure } = outcome;
    let byMethod = this.#routes.get(route);
    if (byMethod === undefined) {
      byMethod = this.#isIgnored(route) ? null : new Map();
      this.#routes.set(route, byMethod);
    }
    if (byMethod === null) return undefined;
    let byEnd = byMethod.get(method);
    if (byEnd === undefined) byMethod.set(method, (byEnd = new Map<number, RequestSeries>()));
    const end = status * 4 + (isAborted ? 2 : 0) + (isSecure ? 1 : 0);
    let series = byEnd.get(end);
    if (series === undefined) byEnd.set(end, (series = this.#make(outcome, further)));
    if (further === undefined) return series;
    return { ...series, duration: this.#duration.labels({ ...this.#preset.labels(outcome), ...further }) };
  }

  #make(outcome: Outcome, further: Readonly<Record<string, string | number>> | undefined): RequestSeries {
    const labels = this.#preset.labels(outcome);
    return {
      duration: this.#duration.labels({ ...labels, ...further }),
      requestSize: this.#requestSize?.labels(labels),
      responseSize: this.#responseSize?.labels(labels),
    };
  }

  #isIgnored(route: string): boolean {
    return this.#ignored.some((each) => (typeof each === 'string' ? each === route : each.test(route)));
  }
}
