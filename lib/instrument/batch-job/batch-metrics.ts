import type { Counter, Gauge, MetricsService } from '../../metrics/index.js';
import type { Outcome } from '../methods/run.js';
import { declaredBatchJobs } from './declared.js';

const LABEL_NAMES = ['batch_job'] as const;

/** The metrics of batch jobs. */
export class BatchMetrics {
  readonly #runs: Counter;
  readonly #lastSuccess: Gauge;
  readonly #lastDuration: Gauge;
  readonly #running: Gauge;

  /** @throws MetricClashError, MetricDefinitionError */
  constructor(metrics: MetricsService) {
    this.#runs = metrics.counter<string>({
      name: 'batch_job_runs_total',
      help: 'Runs of batch jobs that have ended',
      labelNames: [...LABEL_NAMES, 'outcome'],
    });
    this.#lastSuccess = metrics.gauge<string>({
      name: 'batch_job_last_success_timestamp_seconds',
      help: 'Unix time at which a batch job has last succeeded; 0 if it never has',
      labelNames: LABEL_NAMES,
    });
    this.#lastDuration = metrics.gauge<string>({
      name: 'batch_job_last_duration_seconds',
      help: 'How long the latest run of a batch job took, however it ended',
      labelNames: LABEL_NAMES,
    });
    this.#running = metrics.gauge<string>({
      name: 'batch_job_running',
      help: 'Runs of batch jobs that are under way',
      labelNames: LABEL_NAMES,
      aggregation: 'sum',
    });
  }

  /** Its series exist before its first run, whose outcome then counts in `increase()`. */
  exists(batchJob: string): void {
    for (const outcome of ['success', 'error']) this.#runs.zero({ batch_job: batchJob, outcome });
    this.#lastSuccess.zero({ batch_job: batchJob });
  }

  /**
   * Notes a run that has begun.
   * @param begun When, by `performance.now()`.
   */
  begin(batchJob: string, begun: number): (outcome: Outcome) => void {
    const labels = { batch_job: batchJob };
    this.#running.inc(labels);
    return (outcome) => {
      this.#running.dec(labels);
      this.#runs.inc({ ...labels, outcome });
      this.#lastDuration.set(labels, (performance.now() - begun) / 1_000);
      if (outcome === 'success') this.#lastSuccess.setToCurrentTime(labels);
    };
  }
}

/** Makes the series of all batch jobs whose code is loaded. */
export function defineBatchJobs(metrics: MetricsService): void {
  const jobs = declaredBatchJobs();
  if (jobs.length === 0) return;
  const batch = new BatchMetrics(metrics);
  for (const { name } of jobs) batch.exists(name);
}
