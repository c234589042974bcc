/**
 * An application that ends by SIGTERM: `node server.js <options as JSON>`. `HOOKS=off` leaves `enableShutdownHooks` out.
 * It counts 5 at start and 1 more in each of its own shutdown hooks; prints `ready` when the 5 are stored.
 */
import 'reflect-metadata';
import {
  type BeforeApplicationShutdown,
  Global,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

const AT_START = 5;

@Injectable()
class Orders implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #orders;

  constructor(private readonly metrics: MetricsService) {
    this.#orders = metrics.counter({ name: 'orders_total', help: 'Orders' });
  }

  async begin(): Promise<void> {
    this.#orders.inc(AT_START);
    await this.metrics.flush();
  }

  onModuleDestroy(): void {
    this.#orders.inc();
  }

  beforeApplicationShutdown(): void {
    this.#orders.inc();
  }

  onApplicationShutdown(): void {
    this.#orders.inc();
  }
}

const options = JSON.parse(process.argv[2] ?? '{}') as PrometheusPushgatewayModuleOptions;

// Of two global modules Nest ends the one imported last first.
@Global()
@Module({ providers: [Orders] })
class OrdersModule {}

@Module({ imports: [OrdersModule, PrometheusPushgatewayModule.forRoot(options)] })
class ServerModule {}

const context = await NestFactory.createApplicationContext(ServerModule, { logger: ['error', 'warn'] });
if (process.env['HOOKS'] !== 'off') context.enableShutdownHooks();
await context.get(Orders).begin();
// Without a push of its own nothing else keeps it running.
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
