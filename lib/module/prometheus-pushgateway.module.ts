import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { LazyModuleLoader, ModuleRef, ModulesContainer } from '@nestjs/core';
import { PackageLogger } from '../log/package-logger.js';
import { ConfigurationError } from '../errors/index.js';
import { defineBatchJobs } from '../instrument/batch-job/batch-metrics.js';
import { MetricsService } from '../metrics/index.js';
import { livingMetrics, metricsEnd } from '../metrics/living-metrics.js';
import type { MetricDefinition } from '../model/index.js';
import { describeRedis, isRedisClient, RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import { PrometheusClient } from '../prometheus/index.js';
import { PushgatewayClient } from '../gateway/index.js';
import { AUTO_PUSH_NAME, AutoPush, GroupReader, ProcessGroup, PushHistory } from '../push/index.js';
import { STORE } from '../store/index.js';
import { PrometheusPushgatewayFeatureModule } from './feature.module.js';
import { MetricsEvents } from './events/index.js';
import { refuseForeignMethods } from './foreign-methods.js';
import { type ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, type OPTIONS_TYPE } from './module-definition.js';
import { named } from './named.js';
import { PARTS, type Parts, partsProvider, SCHEDULING } from './parts.js';
import { groupsOf, providers } from './providers.js';
import { ensureScheduling, isCommandProcess } from './scheduling.js';

/** All that it is made of. */
const PROVIDERS: Provider[] = [
  ...providers,
  { provide: SCHEDULING, inject: [ModulesContainer, LazyModuleLoader, ModuleRef], useFactory: ensureScheduling },
  partsProvider,
];

const EXPORTS = [
  MetricsEvents,
  MetricsService,
  GroupReader,
  PrometheusClient,
  ProcessGroup,
  PushgatewayClient,
  PushHistory,
  RESOLVED_OPTIONS,
  STORE,
];

/**
 * Counts in this process, keeps the values in Redis, pushes them to a Pushgateway.
 *
 * @example
 * ```ts
 * @Module({ imports: [PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] } })] })
 * export class AppModule {}
 * ```
 */
@Module({ providers: PROVIDERS, exports: EXPORTS })
export class PrometheusPushgatewayModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  static {
    refuseForeignMethods(this);
  }

  /** Private at run time too: `util.inspect` would print everything that can be reached from Nest's container. */
  readonly #modules: ModulesContainer;
  #autoPush: AutoPush | undefined;
  #resuming: NodeJS.Timeout | undefined;

  /** @internal Nest makes it. */
  constructor(
    modules: ModulesContainer,
    @Inject(PARTS) private readonly parts: Parts,
  ) {
    super();
    this.#modules = modules;
    // Whoever closes a Redis client that is not ours may need it to end after us.
    if (!isRedisClient(parts.options.redis)) endLast(modules);
  }

  /**
   * Everything from one object. Default of `isGlobal`: true. With a `name` it stands beside others in one application: its services are
   * injected by that name.
   * @throws ConfigurationError for a name that is none
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    // Code without types may give nothing: what is missing is said with all other faults.
    const given = Object(options) as typeof OPTIONS_TYPE;
    return inItsName(given.name, super.forRoot(given));
  }

  /**
   * Options from a factory, a class, or another module. `name` and `isGlobal` stand beside the factory.
   * @throws ConfigurationError without any of them, and for a name that is none
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    const { useFactory, useClass, useExisting } = (options as typeof options | undefined) ?? {};
    if (useFactory ?? useClass ?? useExisting) return inItsName(options.name, super.forRootAsync(options));
    throw new ConfigurationError('forRootAsync: expected one of useFactory, useClass and useExisting, got none');
  }

  /**
   * Defines metrics where they are used, and makes them injectable with `@InjectMetric(name)`. Needs `forRoot` or
   * `forRootAsync` in the application, global as it is by default.
   * @param name The name of the module that they belong to, if it has one.
   */
  static forFeature(definitions: readonly MetricDefinition[], name?: string): DynamicModule {
    return PrometheusPushgatewayFeatureModule.of(definitions, name);
  }

  /**
   * Begins to push, as `autoPush` says.
   * @throws ConfigurationError if a metric collects with what nobody provides
   */
  async onApplicationBootstrap(): Promise<void> {
    this.parts.instruments.started();
    this.parts.collecting.start();
    this.parts.store.started();
    this.parts.buffers.started();
    this.parts.abandoned.start();
    const isCommand = isCommandProcess(this.#modules);
    if (!isCommand) {
      new PackageLogger().log(wherePlaced(this.parts.options, this.parts.name));
      // Of several modules that in which they count.
      if (livingMetrics() === this.parts.metrics) defineBatchJobs(this.parts.metrics);
    }
    this.#warnOfOthers();
    const { autoPush, jobs } = this.parts.options;
    if (autoPush === false && !isCommand) this.#warnOfUncollected(jobs);
    if (autoPush === false || isCommand) return;
    // When the first flush asks for Redis anyway: until then its client is not loaded, and the application starts sooner. An earlier
    // process left nothing in this one's memory.
    if (this.parts.options.redis !== 'memory')
      this.#resuming = setTimeout(() => {
        this.parts.pool.resume(groupsOf(this.parts.options));
      }, this.parts.options.flushIntervalMs).unref();
    const pushProcess = (): void => void this.parts.processGroup.push();
    const scheduleName = this.parts.name === undefined ? AUTO_PUSH_NAME : `${AUTO_PUSH_NAME}:${this.parts.name}`;
    this.#autoPush = new AutoPush(
      autoPush,
      jobs,
      this.parts.pushService,
      this.parts.findSchedulerRegistry(),
      pushProcess,
      scheduleName,
    );
    await this.#autoPush.start();
  }

  #warnOfUncollected(jobs: readonly string[]): void {
    if (!jobs.some((job) => this.parts.collectors.metricsOf(job, 'each').length > 0)) return;
    new PackageLogger().warn(
      "Metrics that each process collects (collectBy: 'each') are read before pushes of this process, and it pushes none by itself " +
        '(autoPush: false)',
    );
  }

  /** With two of them, whoever asks for `MetricsService` gets that of one: of the commands nobody sees the other's jobs. */
  #warnOfOthers(): void {
    const ours = [...this.#modules.values()].filter(({ metatype }) => metatype === PrometheusPushgatewayModule);
    if (ours.length < 2 || (ours[0]?.instance as unknown) !== this) return;
    new PackageLogger().warn(
      `PrometheusPushgatewayModule.forRoot is imported ${ours.length} times. Injected services and the ` +
        'commands (push, status, ...) are those of one of them. Import it once, in the root module, and name all jobs in prometheus.jobs; or give all but one a name',
    );
  }

  /** No push begins any more. The application goes on to count: in hooks of its own, and in requests it still answers. */
  beforeApplicationShutdown(): void {
    clearTimeout(this.#resuming);
    void this.#autoPush?.stop();
  }

  /** After those of all other modules: what they count counts. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.instruments.stop();
    metricsEnd(this.parts.metrics);
    await this.parts.shutdown.run();
    this.parts.events.end();
    this.parts.pool.close();
    await this.parts.store.close();
  }
}

/**
 * Nest calls the hooks of modules by their distance from the root, and ends the greatest last. Of global modules, which are all at
 * `Number.MAX_VALUE`, it ends the one first that was imported last: one such as BullMQ's could still count after that.
 */
function endLast(modules: ModulesContainer): void {
  for (const each of modules.values()) if (each.metatype === PrometheusPushgatewayModule) each.distance = Infinity;
}

function inItsName(name: string | undefined, definition: DynamicModule): DynamicModule {
  if (name === undefined) return definition;
  return named(name, definition, { type: PrometheusPushgatewayModule, providers: PROVIDERS, exported: EXPORTS });
}

function wherePlaced({ redis, keyPrefix }: ResolvedOptions, name: string | undefined): string {
  const values = name === undefined ? 'Values' : `Values of "${name}"`;
  if (redis === 'memory') return `${values} are kept in the memory of this process`;
  const { address, database } = describeRedis(redis);
  return `${values} are kept in Redis ${address}, database ${database}, under keys that begin with "${keyPrefix}"`;
}
