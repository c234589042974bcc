import { PackageLogger } from '../../log/package-logger.js';
import { livingMetrics } from '../../metrics/living-metrics.js';
import type { MetricsService } from '../../metrics/index.js';

/**
 * What is made of the application's `MetricsService`, once for each; undefined where there is none, as in unit tests of a class.
 * What cannot be made is said in the log, and then left: no fault of a metric throws into the application.
 */
export function ofLiving<T>(make: (metrics: MetricsService) => T): () => T | undefined {
  let maker: MetricsService | undefined;
  let made: T | undefined;
  return () => {
    const metrics = livingMetrics();
    if (metrics === maker) return made;
    maker = metrics;
    made = metrics && attempt(() => make(metrics));
    return made;
  };
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    new PackageLogger().error(`Not measured: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
