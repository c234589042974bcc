import type { MetricFamily } from '../model/index.js';
import { type AnyMetric, lateMetrics, metricsService } from './late-metric.js';

/**
 * prom-client's `register`, as far as it means something here: all replicas' values of the first configured job. Before the
 * application has started its promises reject.
 */
export const register = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',

  /**
   * Exposition text: what a push would bring to the gateway.
   * @throws StoreUnavailableError if Redis does not answer.
   */
  async metrics(): Promise<string> {
    return metricsService().text();
  },

  /**
   * The metrics that were made by a constructor, with their values.
   * @throws StoreUnavailableError if Redis does not answer.
   */
  async getMetricsAsJSON(): Promise<MetricFamily[]> {
    return Promise.all([...lateMetrics().values()].map((metric) => metric.get()));
  },

  /** The metric of that name that was made by a constructor. */
  getSingleMetric(name: string): AnyMetric | undefined {
    return lateMetrics().get(name);
  },

  /** Removes all series of the metrics that were made by a constructor, for all replicas. */
  resetMetrics(): void {
    for (const metric of lateMetrics().values()) metric.reset();
  },
};
