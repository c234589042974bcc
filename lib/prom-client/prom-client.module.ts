import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ConfigurationError } from '../errors/index.js';
import { MetricsService } from '../metrics/index.js';
import type { PushResult } from '../model/index.js';
import { ProcessGroup } from '../push/index.js';
import { bindMetrics, unbindMetrics } from './late-metric.js';
import { familiesOf, type PromClientRegistry } from './registry.js';

/** Which registries are pushed. */
export interface PrometheusPushgatewayPromClientOptions {
  /**
   * Registries of this process, such as `register` of prom-client. Their metrics are not added up over replicas: they are pushed
   * as they are, in a group for each process.
   * @defaultValue none
   */
  registries?: readonly PromClientRegistry[];
}

const OPTIONS = Symbol('PrometheusPushgatewayPromClientOptions');

/** Pushes registries that are not ours with each tick of `autoPush`. */
@Injectable()
export class PromClientBridge implements OnModuleInit, OnApplicationShutdown {
  /** @internal Nest makes it. */
  constructor(
    @Inject(OPTIONS) private readonly options: PrometheusPushgatewayPromClientOptions,
    @Inject(ProcessGroup) private readonly processGroup: ProcessGroup,
    @Inject(MetricsService) private readonly metrics: MetricsService,
  ) {}

  /** @internal For Nest. */
  onModuleInit(): void {
    bindMetrics(this.metrics);
    for (const registry of this.options.registries ?? []) {
      this.processGroup.add({ name: 'a registry of prom-client', read: () => familiesOf(registry) });
    }
  }

  /** @internal For Nest. */
  onApplicationShutdown(): void {
    unbindMetrics(this.metrics);
  }

  /**
   * Pushes the registries now, for an application without `autoPush`. Never rejects for what goes wrong on the way: see `outcome` and
   * `reason`. Undefined without registries, and after the end of the application.
   */
  push(): Promise<PushResult | undefined> {
    return this.processGroup.push();
  }
}

/**
 * What the application measures with prom-client is pushed too; and metrics of this package that are made as prom-client's are
 * (`new Counter(...)`) are counted. It needs `PrometheusPushgatewayModule.forRoot` or `forRootAsync`.
 *
 * @example
 * ```ts
 * import { register } from 'prom-client';
 *
 * @Module({
 *   imports: [
 *     PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] } }),
 *     PrometheusPushgatewayPromClientModule.forRoot({ registries: [register] }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class PrometheusPushgatewayPromClientModule {
  /** @throws ConfigurationError for what is no registry */
  static forRoot(options: PrometheusPushgatewayPromClientOptions = {}): DynamicModule {
    const wrong = options.registries?.findIndex((one) => typeof one.getMetricsAsJSON !== 'function') ?? -1;
    if (wrong >= 0) {
      throw new ConfigurationError(
        `registries.${wrong}: expected a registry with getMetricsAsJSON(), as prom-client has it`,
      );
    }
    return {
      module: PrometheusPushgatewayPromClientModule,
      providers: [{ provide: OPTIONS, useValue: options }, PromClientBridge],
      exports: [PromClientBridge],
    };
  }
}
