import type { PoolListener } from '../gateway/index.js';
import type { Counter, Gauge, MetricsService } from '../metrics/index.js';
import type { Group, PushResult } from '../model/index.js';

const LABELS = ['pushed_job'] as const;

/** The package's own metrics, if `selfMetrics` is on: what became of pushes, moves and delays. */
export class SelfMetrics implements PoolListener {
  #pushes: Counter<'pushed_job' | 'outcome'> | undefined;
  #moves: Counter<'pushed_job'> | undefined;
  #delays: Gauge<'pushed_job'> | undefined;

  /** Until then nothing is counted: those who push are made before the metrics. */
  define(metrics: MetricsService): void {
    this.#pushes = metrics.counter({
      name: 'pushgateway_client_pushes_total',
      help: 'Pushes by job and outcome',
      labelNames: [...LABELS, 'outcome'],
    });
    this.#moves = metrics.counter({
      name: 'pushgateway_client_moves_total',
      help: 'How often a job has left a gateway for another',
      labelNames: LABELS,
    });
    this.#delays = metrics.gauge({
      name: 'pushgateway_client_delayed_seconds',
      help: 'How long new values of a job have been waiting for a silent gateway that Prometheus still scrapes',
      labelNames: LABELS,
    });
  }

  pushed({ job, outcome }: PushResult): void {
    this.#pushes?.inc({ pushed_job: job, outcome });
  }

  moved({ job }: Group): void {
    this.#moves?.inc({ pushed_job: job });
  }

  delayed({ job }: Group, _gateway: string, silentMs: number): void {
    this.#delays?.set({ pushed_job: job }, silentMs / 1_000);
  }
}
