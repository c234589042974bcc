import type { UpdateBuffers } from '../buffer/index.js';
import { UnknownJobError } from '../errors/index.js';
import type { GroupStatus, MetricDefinition, MetricOptions, PushResult } from '../model/index.js';
import type { Counter } from './counter.js';
import type { Gauge } from './gauge.js';
import type { Histogram } from './histogram.js';
import type { MetricLimits } from './metric-limits.js';
import type { MetricPusher, MetricReader } from './metric-reader.js';
import { type Handles, MetricRegistry, type OnCollect } from './metric-registry.js';
import type { OpenMetric } from './open-metric.js';
import type { Summary } from './summary.js';

/**
 * Defines metrics, and pushes what all replicas have counted. Inject it into providers.
 *
 * @example
 * ```ts
 * const orders = metrics.counter({ name: 'orders_total', help: 'Orders placed', labelNames: ['type'] });
 * orders.inc({ type: 'blue' });
 * ```
 */
export class MetricsService {
  readonly #registry: MetricRegistry;

  /** @internal It is injected. */
  constructor(
    private readonly jobs: readonly [string, ...string[]],
    private readonly buffers: UpdateBuffers,
    private readonly reader: MetricReader,
    private readonly pusher: MetricPusher,
    limits: MetricLimits,
    exemplarSource?: () => string | undefined,
    onCollect?: OnCollect,
  ) {
    this.#registry = new MetricRegistry(jobs, buffers, reader, limits, exemplarSource, onCollect);
  }

  /**
   * The counter of that name, defined at the first call.
   * @throws MetricDefinitionError, MetricClashError, UnknownJobError
   */
  counter<const Label extends string = never>(definition: MetricOptions<Label>): Counter<Label> {
    return this.define({ ...definition, type: 'counter' });
  }

  /**
   * The gauge of that name; as {@link counter}.
   * @throws MetricDefinitionError, MetricClashError, UnknownJobError
   */
  gauge<const Label extends string = never>(definition: MetricOptions<Label>): Gauge<Label> {
    return this.define({ ...definition, type: 'gauge' });
  }

  /**
   * The histogram of that name; as {@link counter}.
   * @throws MetricDefinitionError, MetricClashError, UnknownJobError
   */
  histogram<const Label extends string = never>(definition: MetricOptions<Label>): Histogram<Label> {
    return this.define({ ...definition, type: 'histogram' });
  }

  /**
   * The summary of that name; as {@link counter}.
   * @throws MetricDefinitionError, MetricClashError, UnknownJobError
   */
  summary<const Label extends string = never>(definition: MetricOptions<Label>): Summary<Label> {
    return this.define({ ...definition, type: 'summary' });
  }

  /**
   * The metric of a whole definition, type included; as {@link counter}.
   * @param by Who defines it, for the message of a clash. Default: nobody is named.
   * @throws MetricDefinitionError, MetricClashError, UnknownJobError
   */
  define<Label extends string, Type extends MetricDefinition['type']>(
    definition: MetricDefinition<Label> & { type: Type },
    by?: string,
  ): Handles<Label>[Type] {
    return this.#registry.getOrCreate<Label, Type>(definition, by);
  }

  /**
   * A metric that is measured elsewhere, in one job.
   * @internal
   * @throws MetricDefinitionError, MetricClashError, UnknownJobError
   */
  open(definition: MetricDefinition, by: string): OpenMetric {
    return this.#registry.open(definition, by);
  }

  /**
   * Sends everything counted before the call to Redis, then replaces the job's group on the gateway by the current
   * values of all replicas. Never rejects for what goes wrong on the way: see `outcome`, `reason` and `error`.
   * @param job Default: the first configured job.
   * @throws UnknownJobError
   */
  async push(job?: string): Promise<PushResult> {
    return this.pusher.push(this.#known(job), 'push');
  }

  /**
   * As {@link push}, but leaves families on the gateway that are not among the current ones (POST).
   * @throws UnknownJobError
   */
  async pushAdd(job?: string): Promise<PushResult> {
    return this.pusher.push(this.#known(job), 'pushAdd');
  }

  /** {@link push} for every configured job. */
  pushAll(): Promise<PushResult[]> {
    return Promise.all(this.jobs.map((job) => this.pusher.push(job, 'push')));
  }

  /**
   * For a process that does not stay, before its {@link push}: brings series that Prometheus does not know to the gateway at
   * 0, and waits until Prometheus has scraped them, so that `increase()` sees their first increments.
   *
   * The outcome is `'pushed'` when it has, `'skipped'` if it knows every series, and `'failed'` if it did not in time or
   * cannot be asked; the push that follows is right in any case.
   * @param options `timeoutMs`: longest wait, default 60000; `add`: by POST, as {@link pushAdd}.
   * @throws UnknownJobError
   */
  async announce(
    job?: string,
    { add = false, ...options }: { timeoutMs?: number; add?: boolean } = {},
  ): Promise<PushResult> {
    return this.pusher.announce(this.#known(job), { ...options, mode: add ? 'pushAdd' : 'push' });
  }

  /**
   * Removes the job's group from the gateway; the values in Redis stay, and return with the next push.
   * @throws UnknownJobError
   */
  async delete(job?: string): Promise<PushResult> {
    return this.pusher.delete(this.#known(job));
  }

  /**
   * Resolves when everything counted before the call is in Redis. It is sent by itself every `flushIntervalMs`.
   * @throws StoreUnavailableError if Redis does not answer now; the increments are kept and sent later.
   * @throws StoreFormatError if Redis holds data of another version of the package.
   */
  flush(): Promise<void> {
    return this.buffers.flush();
  }

  /**
   * Forgets stored values, for every replica: of one metric, of a job, or of all jobs. What is counted after the call is
   * kept. The gateway keeps its copy until the next push.
   * @param job Default: all jobs.
   * @param metric Name of a metric, with its namespace, whoever defined it. Default: all of the job.
   * @throws UnknownJobError
   * @throws StoreUnavailableError if Redis does not answer now; it forgets when it does.
   */
  async clear(job?: string, metric?: string): Promise<void> {
    const jobs = job === undefined ? this.jobs : [this.#known(job)];
    await Promise.all(
      jobs.map((each) => {
        const buffer = this.buffers.of(each);
        buffer.clear(metric);
        return buffer.flush();
      }),
    );
  }

  /**
   * The exposition text of a job, by default the first: what a push would bring to the gateway.
   * @throws UnknownJobError
   * @throws StoreUnavailableError if Redis does not answer.
   */
  async text(job?: string): Promise<string> {
    return this.reader.text(this.#known(job));
  }

  /**
   * Where each job's values are: the gateway that has them, since when it is silent, the latest push.
   * @throws StoreUnavailableError
   */
  status(): Promise<GroupStatus[]> {
    return Promise.all(this.jobs.map((job) => this.pusher.status(job)));
  }

  #known(job: string | undefined): string {
    if (job === undefined) return this.jobs[0];
    if (!this.jobs.includes(job)) throw new UnknownJobError(job, this.jobs);
    return job;
  }
}
