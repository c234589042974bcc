// Uses @nestjs/schedule without importing its ScheduleModule: by a look-up, and by a method of an object that is made late.
import 'reflect-metadata';
import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Interval, SchedulerRegistry } from '@nestjs/schedule';
import { AUTO_PUSH_NAME, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';

let tick;
const ticked = new Promise((resolve) => (tick = resolve));
class Clock {
  tick() {
    tick();
  }
}
Interval(10)(Clock.prototype, 'tick', Object.getOwnPropertyDescriptor(Clock.prototype, 'tick'));

class AppModule {}
Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['shop'] },
      pushgateway: { redis: 'memory' },
      autoPush: JSON.parse(process.argv[2]),
      pushOnShutdown: false,
    }),
  ],
  providers: [{ provide: 'clock', useFactory: () => wait(50, new Clock()) }],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
await ticked;
const registry = app.get(SchedulerRegistry, { strict: false });
console.log([...registry.getIntervals(), ...registry.getCronJobs().keys()].includes(AUTO_PUSH_NAME));
await app.close();
