import type { UpdateBuffers } from '../buffer/index.js';
import type { MetricsService } from '../metrics/index.js';
import type { Group, PushResult } from '../model/index.js';
import { VERSION } from './version.js';

const LABELS = ['pushed_job'] as const;
/** The label `gateway` is taken by broadcast. */
const BY_GATEWAY = ['pushed_gateway'] as const;

/** The package's own metrics, if `selfMetrics` is on: pushes, moves and delays, and what waits for the store. */
export class SelfMetrics {
  #defined: ReturnType<typeof defined> | undefined;
  #buffers: Pick<UpdateBuffers, 'waiting' | 'takeLongestWaitMs'> | undefined;
  #isBroadcast = false;

  /** Until then nothing is counted: those who push are made before the metrics. */
  define(metrics: MetricsService, buffers: UpdateBuffers, isBroadcast: boolean): void {
    this.#defined = defined(metrics);
    this.#buffers = buffers;
    this.#isBroadcast = isBroadcast;
    this.#defined.build.set({ version: VERSION, node: process.version }, 1);
  }

  pushed({ job, outcome, gateway, gateways, durationMs, bytes }: PushResult, what: 'push' | 'deletion'): void {
    const all = this.#defined;
    if (all === undefined) return;
    all.pushes.inc({ pushed_job: job, outcome });
    if (what === 'push' && outcome !== 'skipped') {
      for (const pushed_gateway of outcome === 'pushed' && this.#isBroadcast ? gateways : [gateway]) {
        all.durations.observe({ pushed_gateway, outcome }, durationMs / 1_000);
        if (outcome === 'pushed') all.bytes.inc({ pushed_gateway }, bytes);
      }
    }
    all.waiting.set(this.#buffers?.waiting ?? 0);
    all.lag.set((this.#buffers?.takeLongestWaitMs() ?? 0) / 1_000);
  }

  moved({ job }: Group): void {
    this.#defined?.moves.inc({ pushed_job: job });
  }

  delayed({ job }: Group, silentMs: number): void {
    this.#defined?.delays.set({ pushed_job: job }, silentMs / 1_000);
  }

  storeFailed(): void {
    this.#defined?.storeErrors.inc();
  }
}

function defined(metrics: MetricsService) {
  return {
    pushes: metrics.counter({
      name: 'pushgateway_client_pushes_total',
      help: 'Pushes by job and outcome',
      labelNames: [...LABELS, 'outcome'],
    }),
    moves: metrics.counter({
      name: 'pushgateway_client_moves_total',
      help: 'How often a job has left a gateway for another',
      labelNames: LABELS,
    }),
    delays: metrics.gauge({
      name: 'pushgateway_client_delayed_seconds',
      help: 'How long new values of a job have been waiting for a silent gateway that Prometheus still scrapes',
      labelNames: LABELS,
    }),
    durations: metrics.histogram({
      name: 'pushgateway_client_push_duration_seconds',
      help: 'How long pushes took, waiting for their turn included',
      labelNames: [...BY_GATEWAY, 'outcome'],
    }),
    bytes: metrics.counter({
      name: 'pushgateway_client_pushed_bytes_total',
      help: 'Exposition that gateways took, before compression',
      labelNames: BY_GATEWAY,
    }),
    waiting: metrics.gauge({
      name: 'pushgateway_client_pending_updates',
      help: 'Series of all processes with counts that the store did not have after the latest push',
      aggregation: 'sum',
    }),
    lag: metrics.gauge({
      name: 'pushgateway_client_flush_lag_seconds',
      help: 'How long a count of any process has waited for the store at the most since the push before',
      aggregation: 'max',
    }),
    storeErrors: metrics.counter({
      name: 'pushgateway_client_store_errors_total',
      help: 'How often the store did not take what was counted, and was asked again later',
    }),
    build: metrics.gauge({
      name: 'pushgateway_client_build_info',
      help: 'Versions of nestjs-prometheus-pushgateway and Node.js in living processes',
      labelNames: ['version', 'node'],
      aggregation: 'max',
    }),
  };
}
