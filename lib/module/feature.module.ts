import { type DynamicModule, Inject, type InjectionToken, Module } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '../errors/index.js';
import { MetricsService } from '../metrics/index.js';
import { getMetricsServiceToken, tokenOfDefined } from '../metrics/decorators.js';
import { fullName, type MetricDefinition } from '../model/index.js';

/** Who defines the metrics of a feature, and with what. */
interface Definer {
  readonly metrics: MetricsService;
  /** For people. */
  readonly by: string;
}

/** Metrics that a feature of the application defines and injects. */
@Module({})
export class PrometheusPushgatewayFeatureModule {
  static of(definitions: readonly MetricDefinition[], name?: string): DynamicModule {
    const service = getMetricsServiceToken(name);
    const tokens = definitions.map((definition) => tokenOfDefined(fullName(definition), name));
    const definer = Symbol('PrometheusPushgatewayDefiner');
    return {
      module: PrometheusPushgatewayFeatureModule,
      providers: [
        {
          provide: definer,
          inject: [ModulesContainer, { token: service, optional: true }],
          useFactory: async (modules: ModulesContainer, visible?: MetricsService): Promise<Definer> => ({
            metrics: visible ?? (await onlyMetricsService(modules, name)),
            by: `forFeature of ${importersOf(definer, modules)}`,
          }),
        },
        ...definitions.map((definition, at) => ({
          provide: tokens[at] as InjectionToken,
          inject: [definer],
          useFactory: ({ metrics, by }: Definer) => metrics.define(definition, by),
        })),
      ],
      exports: tokens,
    };
  }
}

/** Which modules import the feature that provides `definer`. */
function importersOf(definer: symbol, modules: ModulesContainer): string {
  const all = [...modules.values()];
  const feature = all.find(({ providers }) => providers.has(definer));
  const importers = all.filter(({ imports }) => feature !== undefined && imports.has(feature));
  return importers.map(({ metatype }) => metatype.name).join(', ') || 'a module';
}

/**
 * With `isGlobal: false` a feature does not see it, nor can it import what `forRoot` gives: it is looked for.
 * @throws ConfigurationError unless there is exactly one; whatever it cannot be made for
 */
async function onlyMetricsService(modules: ModulesContainer, name: string | undefined): Promise<MetricsService> {
  const service = getMetricsServiceToken(name);
  const owners = [...modules.values()].filter(({ providers }) => providers.has(service));
  const [owner, another] = owners;
  if (owner === undefined) {
    throw new ConfigurationError(
      `forFeature needs PrometheusPushgatewayModule.forRoot(...) or forRootAsync(...)${name === undefined ? '' : ` with the name "${name}"`}: import it in the root module of the application`,
    );
  }
  if (another !== undefined) {
    throw new ConfigurationError(
      `forFeature cannot tell which of ${owners.length} PrometheusPushgatewayModule to define its metrics in, as none is global: leave "isGlobal: false" out for one of them`,
    );
  }
  const reference = owner.providers.get(ModuleRef)?.instance as ModuleRef;
  class WithMetrics {
    readonly metrics!: MetricsService;
  }
  Inject(service)(WithMetrics.prototype, 'metrics');
  return (await reference.create(WithMetrics)).metrics;
}
