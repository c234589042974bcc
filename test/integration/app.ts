import { randomUUID } from 'node:crypto';
import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusClient,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import type { Stack } from '../support/stack.js';

/** Options for a stack; the job is new each time, so that tests do not meet. Nothing is pushed by itself. */
export function optionsFor(
  stack: Pick<Stack, 'redis' | 'gateway' | 'prometheus'>,
  jobs: string[] = [`job-${randomUUID()}`],
): PrometheusPushgatewayModuleOptions & { pushgateway: { host: string; redis: string } } {
  return {
    prometheus: { host: stack.prometheus.address, instance: 'test', jobs },
    pushgateway: { host: stack.gateway.address, redis: stack.redis.address, flushIntervalMs: 20 },
    autoPush: false,
  };
}

export interface App {
  readonly context: INestApplicationContext;
  readonly metrics: MetricsService;
  readonly prometheus: PrometheusClient;
  readonly options: PrometheusPushgatewayModuleOptions;
  readonly job: string;
  close(): Promise<void>;
}

/** A Nest application of its own, as a replica or another process would be. */
export async function startApp(
  options: PrometheusPushgatewayModuleOptions,
  imports: (Type | DynamicModule)[] = [],
  providers: Type[] = [],
): Promise<App> {
  @Module({ imports: [PrometheusPushgatewayModule.forRoot(options), ...imports], providers })
  class AppModule {}
  const context = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  return {
    context,
    metrics: context.get(MetricsService),
    prometheus: context.get(PrometheusClient),
    options,
    job: options.prometheus.jobs[0] as string,
    close: () => context.close(),
  };
}
