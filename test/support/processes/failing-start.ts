/**
 * An application that cannot start: `node failing-start.js <options as JSON> <provider | init>`. It counts 5, then a provider
 * cannot be made, or a module's `onModuleInit` throws. Prints `failed` when it knows, and ends when nothing keeps it alive.
 */
import 'reflect-metadata';
import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

const options = JSON.parse(process.argv[2] ?? '{}') as PrometheusPushgatewayModuleOptions;
const failsAt = process.argv[3];

const fail = (): never => {
  throw new Error('the database is not there');
};

@Injectable()
class Database implements OnModuleInit {
  onModuleInit(): void {
    if (failsAt === 'init') fail();
  }
}

@Module({
  imports: [PrometheusPushgatewayModule.forRoot(options)],
  providers: [
    Database,
    {
      provide: 'orders',
      inject: [MetricsService],
      useFactory: (metrics: MetricsService) => {
        metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
        if (failsAt === 'provider') fail();
      },
    },
  ],
})
class FailingModule {}

await NestFactory.createApplicationContext(FailingModule, { logger: false, abortOnError: false }).catch(() => {
  process.stdout.write('failed\n');
});
