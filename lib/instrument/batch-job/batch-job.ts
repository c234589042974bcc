import { measuring } from '../methods/measured-method.js';
import { ofLiving } from '../methods/of-living.js';
import { BatchMetrics } from './batch-metrics.js';
import { declareBatchJob } from './declared.js';

/** What {@link BatchJob} is told. */
export interface BatchJobOptions {
  /**
   * Value of the label `batch_job`.
   * @defaultValue class and method: `'Reports.run'`
   */
  name?: string;
  /**
   * How long after its last success the job is overdue, in seconds: the `rules` command prints an alert for that. Take the time between
   * two runs and that of the longest run.
   * @defaultValue none: no alert
   */
  overdueAfterSeconds?: number;
}

const BATCH_JOB = Symbol('BatchJob');

/**
 * Measures the runs of a method that is a batch job: a `run()` of a command, a method with `@Cron()`. It counts runs by outcome, and tells the
 * time of the last success, the duration of the latest run, and how many run now, each with the label `batch_job`. Without
 * `PrometheusPushgatewayModule` in the process it does nothing.
 *
 * @example
 * ```ts
 * @Cron('0 3 * * *')
 * @BatchJob({ name: 'nightly-report', overdueAfterSeconds: 26 * 3600 })
 * async report(): Promise<void> { ... }
 * ```
 * @throws RangeError for an `overdueAfterSeconds` that is not a number above 0
 */
export function BatchJob({ name, overdueAfterSeconds }: BatchJobOptions = {}): MethodDecorator {
  if (overdueAfterSeconds !== undefined && !(overdueAfterSeconds > 0 && Number.isFinite(overdueAfterSeconds))) {
    throw new RangeError(`@BatchJob: expected overdueAfterSeconds above 0, got ${overdueAfterSeconds}`);
  }
  return measuring(BATCH_JOB, (className, method) => {
    const batchJob = name ?? `${className}.${method}`;
    declareBatchJob({ name: batchJob, overdueAfterSeconds });
    const found = ofLiving((metrics) => new BatchMetrics(metrics));
    return (begun) => found()?.begin(batchJob, begun);
  });
}
