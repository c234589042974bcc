/** `node push-small-prom-client.js <gateway> <families> <counted> <pushes>`: as push-small-ours.ts, with prom-client's Pushgateway. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Counter, Pushgateway } from 'prom-client';
import { JOB } from './application.js';
import { report } from './report.js';
import { familyName } from './series.js';
import { everySecond } from './steady.js';

const [gateway = '', ...numbers] = process.argv.slice(2);
const [families = 0, counted = 0, pushes = 0] = numbers.map(Number);

@Module({
  imports: [
    PrometheusModule.register({ defaultMetrics: { enabled: false }, pushgateway: { url: `http://${gateway}` } }),
  ],
})
class BenchModule {}

const application = await NestFactory.createApplicationContext(BenchModule, { logger: ['error', 'warn'] });
const counters = Array.from({ length: families }, (_, at) => new Counter({ name: familyName(at), help: 'Requests' }));
for (const counter of counters) counter.inc();
const pushgateway = application.get(Pushgateway);
const figures = await everySecond(async () => {
  for (const counter of counters.slice(0, counted)) counter.inc();
  await pushgateway.push({ jobName: JOB, groupings: { instance: JOB } });
}, pushes);
await application.close();
report(figures);
