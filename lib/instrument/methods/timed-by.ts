import type { Histogram, MetricsService } from '../../metrics/index.js';
import { byOutcome } from './by-outcome.js';
import { ofLiving } from './of-living.js';
import type { Begin } from './run.js';

/** Measures runs by a histogram with these labels and that of the outcome. */
export function timedBy(
  histogramOf: (metrics: MetricsService) => Histogram,
  labels: Readonly<Record<string, string>>,
): Begin {
  const found = ofLiving((metrics) => byOutcome(histogramOf(metrics), labels));
  return (begun) => {
    const durationOf = found();
    if (durationOf === undefined) return undefined;
    return (outcome) => {
      durationOf(outcome).observe((performance.now() - begun) / 1_000);
    };
  };
}
