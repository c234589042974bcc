import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { PackageLogger } from '../log/package-logger.js';
import { MetricsService } from '../metrics/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import type { PushgatewayMetricExporter } from './exporter.js';
import { keepOwnCallsQuiet } from './own-calls.js';

/** What is exported. */
export interface PrometheusPushgatewayOpenTelemetryOptions {
  /** The one that the reader of the SDK exports to. */
  exporter: PushgatewayMetricExporter;
  /**
   * The `MeterProvider`, or the reader that exports, to collect once more when the application ends. Without it, what was
   * measured since the last export is lost, unless you flush it yourself before `app.close()`.
   * @defaultValue none
   */
  meterProvider?: { forceFlush(): Promise<void> };
}

const OPTIONS = Symbol('PrometheusPushgatewayOpenTelemetryOptions');

@Injectable()
class ExporterLife implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(OPTIONS) private readonly options: PrometheusPushgatewayOpenTelemetryOptions,
    @Inject(MetricsService) private readonly metrics: MetricsService,
    @Inject(RESOLVED_OPTIONS) private readonly resolved: ResolvedOptions,
  ) {}

  async onModuleInit(): Promise<void> {
    const { jobs, groupingLabels } = this.resolved;
    await keepOwnCallsQuiet();
    this.options.exporter.bind({ metrics: this.metrics, jobs, groupingLabels: Object.keys(groupingLabels) });
  }

  /** Before the hook of the module that stores and pushes: this one imports from it. */
  async onApplicationShutdown(): Promise<void> {
    try {
      await this.options.meterProvider?.forceFlush();
    } catch (error) {
      new PackageLogger().warn(`Last export of OpenTelemetry: ${(error as Error).message}`);
    }
    this.options.exporter.unbind();
  }
}

/**
 * Counts what an exporter is given, and keeps this package's own calls out of it. It needs
 * `PrometheusPushgatewayModule.forRoot` or `forRootAsync`.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] } }),
 *     PrometheusPushgatewayOpenTelemetryModule.forRoot({ exporter, meterProvider }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class PrometheusPushgatewayOpenTelemetryModule {
  static forRoot(options: PrometheusPushgatewayOpenTelemetryOptions): DynamicModule {
    return {
      module: PrometheusPushgatewayOpenTelemetryModule,
      providers: [{ provide: OPTIONS, useValue: options }, ExporterLife],
    };
  }
}
