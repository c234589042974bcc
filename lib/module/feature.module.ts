import { type DynamicModule, Module } from '@nestjs/common';
import { getMetricToken, MetricsService } from '../metrics/index.js';
import type { MetricDefinition } from '../model/index.js';

/** Metrics that a feature of the application defines and injects. */
@Module({})
export class PrometheusPushgatewayFeatureModule {
  static of(definitions: readonly MetricDefinition[]): DynamicModule {
    const tokens = definitions.map(({ namespace, name }) => getMetricToken(namespace ? `${namespace}_${name}` : name));
    return {
      module: PrometheusPushgatewayFeatureModule,
      providers: definitions.map((definition, at) => ({
        provide: tokens[at] as string,
        inject: [MetricsService],
        useFactory: (metrics: MetricsService) => metrics.define(definition),
      })),
      exports: tokens,
    };
  }
}
