import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';

/** A Nest application beside the shop that only reads: what it finds in Redis another process has stored there. */
export async function startObserver(options: PrometheusPushgatewayModuleOptions): Promise<INestApplicationContext> {
  @Module({ imports: [PrometheusPushgatewayModule.forRoot({ ...options, autoPush: false })] })
  class ObserverModule {}
  return NestFactory.createApplicationContext(ObserverModule, { logger: false });
}
