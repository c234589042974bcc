import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  Module,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import { PrometheusPushgatewayConsoleModule } from 'nestjs-prometheus-pushgateway/console';

type ConsoleOptions = Parameters<typeof PrometheusPushgatewayConsoleModule.forRoot>[0];

export const SIGNED_IN = `Basic ${Buffer.from('ann:right').toString('base64')}`;

/** Lets in whoever sends a name and the password `right`, as browsers do once they were asked for them. */
@Injectable()
export class PasswordGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string }; user?: object }>();
    if (request.headers.authorization !== SIGNED_IN) return false;
    request.user = { username: 'ann' };
    return true;
  }
}

export interface Shop {
  readonly app: INestApplication;
  readonly url: string;
  readonly metrics: MetricsService;
  readonly job: string;
  close(): Promise<void>;
  /** Closes it, and what clients still hold open: Node waits for connections on which nothing was asked yet. */
  end(): Promise<void>;
}

export interface ShopOptions {
  readonly redis: string;
  readonly gateways: readonly string[];
  /** Default: nobody answers there. */
  readonly prometheus?: string;
  readonly console?: ConsoleOptions;
  readonly adapter?: 'express' | 'fastify';
  readonly prefix?: string;
  readonly jobs?: string[];
  readonly port?: number;
  readonly providers?: Type[];
}

/** An application with a console, on a loopback port. Nothing is pushed by itself. */
export async function startShop({
  redis,
  gateways,
  prometheus = '127.0.0.1:9',
  console = { path: '/metrics-console', public: true },
  adapter = 'express',
  prefix = '',
  jobs = [`shop-${randomUUID()}`],
  port = 0,
  providers = [],
}: ShopOptions): Promise<Shop> {
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { host: prometheus, instance: 'test', jobs, timeoutMs: 2_000 },
    pushgateway: { host: [...gateways], redis, flushIntervalMs: 20, timeoutMs: 2_000 },
    autoPush: false,
  };
  @Module({
    imports: [PrometheusPushgatewayModule.forRoot(options), PrometheusPushgatewayConsoleModule.forRoot(console)],
    providers,
  })
  class ShopModule {}
  const logger = ['error'] as const;
  const app =
    adapter === 'express'
      ? await NestFactory.create(ShopModule, { logger: [...logger] })
      : await NestFactory.create(ShopModule, new FastifyAdapter(), { logger: [...logger] });
  if (prefix !== '') app.setGlobalPrefix(prefix);
  await app.listen(port, '127.0.0.1');
  const address = (app.getHttpServer() as { address(): AddressInfo }).address();
  return {
    app,
    url: `http://127.0.0.1:${address.port}`,
    metrics: app.get(MetricsService),
    job: jobs[0] as string,
    close: () => app.close(),
    end: async () => {
      const closing = app.close();
      (app.getHttpServer() as Server).closeAllConnections();
      await closing;
    },
  };
}
