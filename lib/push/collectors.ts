import { setTimeout as wait } from 'node:timers/promises';
import { thrownText } from '../errors/thrown-text.js';
import { PackageLogger } from '../log/package-logger.js';

/** How one metric is read before a push. */
export interface Collector {
  readonly metric: string;
  /** The jobs that push it. */
  readonly jobs: readonly string[];
  readonly by: 'one' | 'each';
  readonly timeoutMs: number;
  collect(): unknown;
}

/**
 * Reads metrics before pushes. None holds a push up beyond its deadline: what comes later is shown by the next one. What fails is
 * logged once, until it works again, and told in the results of pushes.
 */
export class Collectors {
  readonly #all: Collector[] = [];
  readonly #logger = new PackageLogger();
  /** Those that have not answered yet, and since when, by `performance.now()`. */
  readonly #underWay = new Map<Collector, { since: number; done: Promise<void> }>();
  /** What is wrong with a metric, as the log has said. */
  readonly #faults = new Map<Collector, string>();

  add(collector: Collector): void {
    this.#all.push(collector);
  }

  /** The metrics of a job that are collected by one process for all, or by each. */
  metricsOf(job: string, by: Collector['by']): string[] {
    return this.#of(job, by).map(({ metric }) => metric);
  }

  /**
   * Collects for a job. Resolves when all have answered, or have had their time; never rejects.
   * @param metrics Default: all.
   */
  async collect(job: string, by: Collector['by'], metrics?: readonly string[]): Promise<void> {
    const asked = this.#of(job, by).filter(({ metric }) => metrics?.includes(metric) ?? true);
    await Promise.all(asked.map((collector) => this.#ask(collector)));
  }

  /** What is wrong with metrics of a job. */
  faultsOf(job: string): string[] {
    return [...this.#faults].flatMap(([{ metric, jobs }, fault]) =>
      jobs.includes(job) ? [`metric "${metric}" is not collected: ${fault}`] : [],
    );
  }

  #of(job: string, by: Collector['by']): Collector[] {
    return this.#all.filter((collector) => collector.by === by && collector.jobs.includes(job));
  }

  /** One that is still under way is not begun again, nor waited for again. */
  async #ask(collector: Collector): Promise<void> {
    const { timeoutMs } = collector;
    const known = this.#underWay.get(collector);
    // Another job of the metric may have begun it just now.
    const timeLeft = known ? known.since + timeoutMs - performance.now() : timeoutMs;
    const { done } = known ?? this.#begin(collector);
    const waiting = new AbortController();
    const isDone = await Promise.race([
      done.then(() => true),
      wait(Math.max(timeLeft, 0), false, { signal: waiting.signal }).catch(() => true),
    ]);
    waiting.abort();
    if (!isDone)
      this.#fails(collector, `it has not answered within ${timeoutMs} ms, and is not asked again before it does`);
  }

  #begin(collector: Collector): { since: number; done: Promise<void> } {
    // Also what is thrown at once.
    const done = Promise.resolve()
      .then(() => collector.collect())
      .then(
        () => {
          this.#works(collector);
        },
        (error: unknown) => {
          this.#fails(collector, thrownText(error));
        },
      )
      .finally(() => this.#underWay.delete(collector));
    const begun = { since: performance.now(), done };
    this.#underWay.set(collector, begun);
    return begun;
  }

  #fails(collector: Collector, fault: string): void {
    if (!this.#faults.has(collector)) this.#logger.warn(`Cannot collect metric "${collector.metric}": ${fault}`);
    this.#faults.set(collector, fault);
  }

  #works(collector: Collector): void {
    if (this.#faults.delete(collector)) this.#logger.log(`Metric "${collector.metric}" is collected again`);
  }
}
