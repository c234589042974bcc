import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { LazyModuleLoader, ModuleRef, ModulesContainer } from '@nestjs/core';
import { PackageLogger } from '../log/package-logger.js';
import { UpdateBuffers } from '../buffer/index.js';
import { ConfigurationError } from '../errors/index.js';
import { defineBatchJobs } from '../instrument/batch-job/batch-metrics.js';
import { MetricsService } from '../metrics/index.js';
import { metricsEnd } from '../metrics/living-metrics.js';
import type { MetricDefinition } from '../model/index.js';
import { describeRedis, RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import { PrometheusClient } from '../prometheus/index.js';
import { type GatewayPool, PushgatewayClient } from '../gateway/index.js';
import {
  AutoPush,
  GroupReader,
  AbandonedGroups,
  Collectors,
  ProcessGroup,
  PushHistory,
  PushService,
  Shutdown,
} from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import { PrometheusPushgatewayFeatureModule } from './feature.module.js';
import { Collecting } from './collecting.js';
import { Instruments } from './instruments.js';
import { type ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, type OPTIONS_TYPE } from './module-definition.js';
import { GATEWAY_POOL, groupsOf, providers } from './providers.js';
import { ensureScheduling, type FindSchedulerRegistry, isCommandProcess } from './scheduling.js';

const SCHEDULING = Symbol('PrometheusPushgatewayScheduling');

/**
 * Counts in this process, keeps the values in Redis, pushes them to a Pushgateway.
 *
 * @example
 * ```ts
 * @Module({ imports: [PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] } })] })
 * export class AppModule {}
 * ```
 */
@Module({
  providers: [
    ...providers,
    { provide: SCHEDULING, inject: [ModulesContainer, LazyModuleLoader, ModuleRef], useFactory: ensureScheduling },
  ],
  exports: [
    MetricsService,
    GroupReader,
    PrometheusClient,
    ProcessGroup,
    PushgatewayClient,
    PushHistory,
    RESOLVED_OPTIONS,
    STORE,
  ],
})
export class PrometheusPushgatewayModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  /** Private at run time too: `util.inspect` would print everything that can be reached from Nest's container. */
  readonly #modules: ModulesContainer;
  #autoPush: AutoPush | undefined;
  #resuming: NodeJS.Timeout | undefined;

  /** @internal Nest makes it. */
  constructor(
    modules: ModulesContainer,
    private readonly buffers: UpdateBuffers,
    private readonly pushService: PushService,
    private readonly shutdown: Shutdown,
    private readonly abandoned: AbandonedGroups,
    private readonly collecting: Collecting,
    private readonly collectors: Collectors,
    private readonly processGroup: ProcessGroup,
    private readonly instruments: Instruments,
    private readonly metrics: MetricsService,
    @Inject(STORE) private readonly store: Store,
    @Inject(GATEWAY_POOL) private readonly pool: GatewayPool,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(SCHEDULING) private readonly findSchedulerRegistry: FindSchedulerRegistry,
  ) {
    super();
    this.#modules = modules;
  }

  /** Everything from one object. Default of `isGlobal`: true. */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    // Code without types may give nothing: what is missing is said with all other faults.
    return super.forRoot(Object(options) as typeof OPTIONS_TYPE);
  }

  /**
   * Options from a factory, a class, or another module.
   * @throws ConfigurationError without any of them
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    const { useFactory, useClass, useExisting } = (options as typeof options | undefined) ?? {};
    if (useFactory ?? useClass ?? useExisting) return super.forRootAsync(options);
    throw new ConfigurationError('forRootAsync: expected one of useFactory, useClass and useExisting, got none');
  }

  /**
   * Defines metrics where they are used, and makes them injectable with `@InjectMetric(name)`. Needs `forRoot` or
   * `forRootAsync` in the application, global as it is by default.
   */
  static forFeature(definitions: readonly MetricDefinition[]): DynamicModule {
    return PrometheusPushgatewayFeatureModule.of(definitions);
  }

  /**
   * Begins to push, as `autoPush` says.
   * @throws ConfigurationError if a metric collects with what nobody provides
   */
  async onApplicationBootstrap(): Promise<void> {
    this.collecting.start();
    this.store.started();
    this.buffers.started();
    this.abandoned.start();
    const isCommand = isCommandProcess(this.#modules);
    if (!isCommand) {
      new PackageLogger().log(wherePlaced(this.options));
      defineBatchJobs(this.metrics);
    }
    this.#warnOfOthers();
    const { autoPush, jobs } = this.options;
    if (autoPush === false && !isCommand) this.#warnOfUncollected(jobs);
    if (autoPush === false || isCommand) return;
    // When the first flush asks for Redis anyway: until then its client is not loaded, and the application starts sooner.
    this.#resuming = setTimeout(() => {
      this.pool.resume(groupsOf(this.options));
    }, this.options.flushIntervalMs).unref();
    const pushProcess = (): void => void this.processGroup.push();
    this.#autoPush = new AutoPush(autoPush, jobs, this.pushService, this.findSchedulerRegistry(), pushProcess);
    await this.#autoPush.start();
  }

  #warnOfUncollected(jobs: readonly string[]): void {
    if (!jobs.some((job) => this.collectors.metricsOf(job, 'each').length > 0)) return;
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
        'commands (push, status, ...) are those of one of them. Import it once, in the root module, and name all jobs in prometheus.jobs',
    );
  }

  /** No push begins any more. The application goes on to count: in hooks of its own, and in requests it still answers. */
  beforeApplicationShutdown(): void {
    clearTimeout(this.#resuming);
    void this.#autoPush?.stop();
  }

  /** A global module's comes after those of the modules that use it. */
  async onApplicationShutdown(): Promise<void> {
    await this.instruments.stop();
    metricsEnd(this.metrics);
    await this.shutdown.run();
    this.pool.close();
    await this.store.close();
  }
}

function wherePlaced({ redis, keyPrefix }: ResolvedOptions): string {
  if (redis === 'memory') return 'Values are kept in the memory of this process';
  const { address, database } = describeRedis(redis);
  return `Values are kept in Redis ${address}, database ${database}, under keys that begin with "${keyPrefix}"`;
}
