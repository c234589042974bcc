import type { Counter, Histogram, MetricsService } from '../../metrics/index.js';
import type { BullmqInstrumentOptions } from '../../options/index.js';
import type { BullJob, BullWorker } from './shapes.js';

/** How an attempt ended: `failed` is for good, `retried` is followed by another. */
type Outcome = 'completed' | 'failed' | 'retried';

/** Jobs take from milliseconds to hours. */
const BUCKETS: readonly number[] = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 3_600];

/** Counts attempts of jobs when they have ended, by what BullMQ then knows. Names are those of BullMQ's own export for Prometheus, as far as it has them. */
export class JobMeter {
  readonly #hasJobNames: boolean;
  readonly #ended: Readonly<Record<Outcome, Counter>>;
  readonly #stalled: Counter;
  readonly #duration: Histogram;
  readonly #wait: Histogram;
  /** Those that have been heard of. */
  readonly #queues = new Set<string>();

  /** @throws MetricClashError, MetricDefinitionError */
  constructor(metrics: MetricsService, { jobNames = false, buckets = BUCKETS }: BullmqInstrumentOptions) {
    this.#hasJobNames = jobNames;
    const labelNames = jobNames ? ['queue', 'job_name'] : ['queue'];
    const counter = (name: string, help: string): Counter => metrics.counter<string>({ name, help, labelNames });
    this.#ended = {
      completed: counter('bullmq_job_completed_total', 'Total number of completed jobs'),
      failed: counter('bullmq_job_failed_total', 'Total number of failed jobs, which are not tried again'),
      retried: counter('bullmq_job_retried_total', 'Total number of failed attempts of jobs that are tried again'),
    };
    this.#stalled = metrics.counter<string>({
      name: 'bullmq_job_stalled_total',
      help: 'Total number of times that a job was lost by its worker, and is tried again or fails',
      labelNames: ['queue'],
    });
    this.#duration = metrics.histogram<string>({
      name: 'bullmq_job_duration_seconds',
      help: 'Duration of attempts of jobs, in seconds',
      labelNames: [...labelNames, 'outcome'],
      buckets,
    });
    this.#wait = metrics.histogram<string>({
      name: 'bullmq_job_wait_seconds',
      help: 'Time from when jobs were due until they were first begun, in seconds',
      labelNames,
      buckets,
    });
  }

  /** What a worker tells: an event with its values. */
  hear({ name }: BullWorker, event: string, [value]: readonly unknown[]): void {
    if (!this.#queues.has(name)) this.#exists(name);
    const job = value as BullJob | undefined;
    if (event === 'completed') this.#attempt(name, job, 'completed');
    // Without the job: it failed for good, and was removed with that.
    else if (event === 'failed') this.#attempt(name, job, !job || job.finishedOn ? 'failed' : 'retried');
    else if (event === 'stalled') this.#stalled.inc({ queue: name });
  }

  /** Its series are there before its first job, whose end then counts in `increase()`. */
  #exists(queue: string): void {
    this.#queues.add(queue);
    this.#stalled.zero({ queue });
    if (!this.#hasJobNames) for (const counter of Object.values(this.#ended)) counter.zero({ queue });
  }

  #attempt(queue: string, job: BullJob | undefined, outcome: Outcome): void {
    const labels = { queue, ...(this.#hasJobNames && { job_name: String(job?.name ?? '').toWellFormed() }) };
    this.#ended[outcome].inc(labels);
    const { timestamp = NaN, opts, processedOn = NaN, attemptsStarted } = job ?? {};
    observe(this.#duration, { ...labels, outcome }, Date.now() - processedOn);
    // When a later attempt was due, nobody knows.
    if (attemptsStarted === 1) observe(this.#wait, labels, processedOn - timestamp - (opts?.delay ?? 0));
  }
}

/** What is not known is not observed; clocks differ, and are set. */
function observe(histogram: Histogram, labels: Record<string, string>, milliseconds: number): void {
  if (!Number.isNaN(milliseconds)) histogram.observe(labels, Math.max(milliseconds, 0) / 1_000);
}
