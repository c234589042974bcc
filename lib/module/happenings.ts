import type { BuffersListener } from '../buffer/index.js';
import type { PoolListener } from '../gateway/index.js';
import type { Group, PushResult } from '../model/index.js';
import type { PushHistory, PushListener } from '../push/index.js';
import type { MetricsEvents } from './events/index.js';
import type { SelfMetrics } from './self-metrics.js';

/** Told of what becomes of counts, pushes and groups, wherever it happens; tells all who want to know. */
export class Happenings implements BuffersListener, PoolListener, PushListener {
  readonly #groups: ReadonlyMap<string, Group>;

  constructor(
    groups: readonly Group[],
    private readonly storeAddress: string,
    private readonly selfMetrics: SelfMetrics,
    private readonly history: PushHistory,
    private readonly events: MetricsEvents,
  ) {
    this.#groups = new Map(groups.map((group) => [group.job, group]));
  }

  pushed(result: PushResult, what: 'push' | 'deletion'): void {
    this.selfMetrics.pushed(result, what);
    this.history.pushed(result);
    if (what === 'push') this.events.pushed(this.#groupOf(result.job), result);
  }

  moved(group: Group, from: string, to: string): void {
    this.selfMetrics.moved(group);
    this.events.moved(group, from, to);
  }

  delayed(group: Group, gateway: string, silentMs: number): void {
    this.selfMetrics.delayed(group, silentMs);
    if (silentMs > 0) this.events.delayed(group, 'gateway', gateway);
    else this.events.arrives(group, 'gateway', gateway);
  }

  storeFailed(job: string): void {
    this.selfMetrics.storeFailed();
    this.events.delayed(this.#groupOf(job), 'store', this.storeAddress);
  }

  storeAnswered(job: string): void {
    this.events.arrives(this.#groupOf(job), 'store', this.storeAddress);
  }

  clashed(job: string, metric: string, shape: string): void {
    this.events.clashed(this.#groupOf(job), metric, shape);
  }

  clashIsOver(job: string, metric: string): void {
    this.events.clashIsOver(this.#groupOf(job), metric);
  }

  overflowed(metric: string, jobs: readonly string[], reason: string): void {
    for (const job of jobs) this.events.overflowed(this.#groupOf(job), metric, reason);
  }

  #groupOf(job: string): Group {
    return this.#groups.get(job) as Group;
  }
}
