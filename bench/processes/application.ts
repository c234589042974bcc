import 'reflect-metadata';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';

export const JOB = 'bench';
/** A job of its own for a first push, with which the code for pushes is loaded. */
export const WARM_UP_JOB = 'warm-up';
/** A gateway may take a minute for a million series, more on a busy machine. */
const LONGEST_PUSH_MS = 600_000;

/** More than any benchmark counts: what goes over the limit would be one series. */
const MAX_SERIES = 10_000_000;

/** The product as an application uses it: the whole module, all defaults but addresses, limits and the push by itself. */
export async function startApplication(
  pushgateway: PrometheusPushgatewayModuleOptions['pushgateway'],
  options: Pick<PrometheusPushgatewayModuleOptions, 'startTimes'> = {},
): Promise<INestApplicationContext> {
  @Module({
    imports: [
      PrometheusPushgatewayModule.forRoot({
        prometheus: { instance: JOB, jobs: [JOB, WARM_UP_JOB] },
        autoPush: false,
        maxSeriesPerMetric: MAX_SERIES,
        pushgateway: { timeoutMs: LONGEST_PUSH_MS, ...pushgateway },
        ...options,
      }),
    ],
  })
  class BenchModule {}
  return NestFactory.createApplicationContext(BenchModule, { logger: ['error', 'warn'] });
}
