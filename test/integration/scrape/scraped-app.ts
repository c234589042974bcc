import { type DynamicModule, type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import {
  PrometheusPushgatewayScrapeModule,
  type PrometheusPushgatewayScrapeOptions,
} from 'nestjs-prometheus-pushgateway/scrape';

export interface ScrapedApp {
  readonly app: INestApplication;
  readonly metrics: MetricsService;
  /** `http://127.0.0.1:1234` */
  readonly url: string;
}

export interface ScrapedAppOptions {
  readonly redis: string;
  readonly jobs: string[];
  readonly gateway?: string;
  readonly adapter?: 'express' | 'fastify';
  readonly scrape?: PrometheusPushgatewayScrapeOptions;
  readonly imports?: (Type | DynamicModule)[];
  readonly utf8Names?: boolean;
  readonly autoPush?: false | { everyMs: number };
}

/** A replica that is scraped. */
export async function startScraped(options: ScrapedAppOptions): Promise<ScrapedApp> {
  const {
    redis,
    jobs,
    gateway,
    adapter = 'express',
    scrape,
    imports = [],
    autoPush = false,
    utf8Names = false,
  } = options;
  const pushgateway = PrometheusPushgatewayModule.forRoot({
    prometheus: { jobs, instance: 'shop' },
    pushgateway: { redis, flushIntervalMs: 20, utf8Names, ...(gateway !== undefined && { host: gateway }) },
    autoPush,
    pushOnShutdown: false,
  });
  @Module({ imports: [pushgateway, PrometheusPushgatewayScrapeModule.forRoot(scrape), ...imports] })
  class AppModule {}
  const http = adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(AppModule, http, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return { app, metrics: app.get(MetricsService), url: await app.getUrl() };
}
