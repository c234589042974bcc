import { ConfigurationError, MetricClashError } from '../errors/index.js';
import { PackageLogger } from '../log/package-logger.js';
import type { Handles, MetricsService } from '../metrics/index.js';
import { type MetricDefinition, type MetricFamily, type MetricType, resolveDefinition } from '../model/index.js';

/** Events of one metric that wait for the application's start. It is to have begun long before so many. */
const MOST_WAITING = 10_000;

type Handle<Type extends MetricType> = Handles[Type];
type Event<Type extends MetricType> = (handle: Handle<Type>) => void;

/** What metrics of all types have in common. */
export interface AnyMetric {
  readonly name: string;
  readonly help: string;
  /** @internal */
  bind(metrics: MetricsService): void;
  /**
   * The values of all replicas.
   * @throws StoreUnavailableError if Redis does not answer; ConfigurationError before the application has started.
   */
  get(): Promise<MetricFamily>;
  /** Removes all series, for all replicas. Without labels, the metric goes on at 0. */
  reset(): void;
  /** Removes one series, for all replicas: by label values in the order of `labelNames`, or as an object. */
  remove(...labels: (string | number)[] | [labels: object]): void;
}

const logger = new PackageLogger();
const all = new Map<string, AnyMetric>();
let service: MetricsService | undefined;

/** From now on what is made as prom-client's metrics are is counted there, with what has been counted before. */
export function bindMetrics(metrics: MetricsService): void {
  service = metrics;
  for (const metric of all.values()) metric.bind(metrics);
}

/** The application ends: what is made from now on waits for the next one. */
export function unbindMetrics(metrics: MetricsService): void {
  if (service === metrics) service = undefined;
}

/** The application's. @throws ConfigurationError before it has started. */
export function metricsService(): MetricsService {
  if (service !== undefined) return service;
  throw new ConfigurationError(
    'Values can be read when an application with PrometheusPushgatewayPromClientModule.forRoot() has started',
  );
}

/** All that have been made, by name. */
export function lateMetrics(): ReadonlyMap<string, AnyMetric> {
  return all;
}

/** A metric that is made by its constructor, before there is an application as a rule: its first events wait for that. */
export abstract class LateMetric<Type extends MetricType> implements AnyMetric {
  readonly name: string;
  readonly help: string;
  #handle: Handle<Type> | undefined;
  #waiting: Event<Type>[] = [];
  #lost = 0;

  /**
   * @throws MetricDefinitionError for a definition that Prometheus or a gateway would refuse.
   * @throws MetricClashError if the name is taken, as with prom-client; and when the application starts, for what clashes there.
   */
  protected constructor(private readonly definition: MetricDefinition & { readonly type: Type }) {
    const { name, help } = resolveDefinition(definition);
    if (all.has(name)) throw new MetricClashError(`A metric with the name ${name} has already been registered.`);
    this.name = name;
    this.help = help;
    if (service !== undefined) this.bind(service);
    all.set(name, this);
  }

  /** @internal */
  bind(metrics: MetricsService): void {
    const handle = metrics.define<string, Type>(this.definition, 'its constructor');
    this.#handle = handle;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const event of waiting) this.#replay(event, handle);
    if (this.#lost > 0) logger.error(`Metric "${this.name}": ${this.#lost} events before the start are lost`);
    this.#lost = 0;
  }

  async get(): Promise<MetricFamily> {
    metricsService();
    return (this.#handle as Handle<Type>).get();
  }

  reset(): void {
    this.tell((handle) => {
      handle.reset();
    });
  }

  remove(...labels: (string | number)[] | [labels: object]): void {
    this.tell((handle) => {
      handle.remove(...(labels as string[]));
    });
  }

  /** Does it now, or when the application starts. Then it throws nothing: what is wrong with an event is logged. */
  protected tell(event: Event<Type>): void {
    if (this.#handle !== undefined) event(this.#handle);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(event);
    else if (++this.#lost === 1) {
      logger.warn(
        `Metric "${this.name}": ${MOST_WAITING} events wait for PrometheusPushgatewayPromClientModule to start; further ones are lost`,
      );
    }
  }

  #replay(event: Event<Type>, handle: Handle<Type>): void {
    try {
      event(handle);
    } catch (error) {
      logger.error(`Metric "${this.name}": an event before the start is lost: ${(error as Error).message}`);
    }
  }
}
