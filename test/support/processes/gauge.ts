/**
 * A process with a value of its own in a gauge, and metrics that are collected: `node gauge.js <options as JSON> <name>`. It obeys its
 * parent's messages (`GaugeOrder`), and answers each.
 */
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  defineCounter,
  defineGauge,
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import type { GaugeOrder } from '../start-gauge.js';

const [optionsText, name] = process.argv.slice(2) as [string, string];
const options = JSON.parse(optionsText) as PrometheusPushgatewayModuleOptions;

@Injectable()
class Queue {
  readonly depth = 12;
}

const open = defineGauge({ name: 'open', help: 'Open', aggregation: 'sum' });
/** By whom it was collected, and how often. */
const collected = defineCounter({
  name: 'collected_total',
  help: 'Collected',
  labelNames: ['by'],
  collectBy: 'one',
  collect() {
    this.inc({ by: name });
  },
});
const depth = defineGauge({
  name: 'depth',
  help: 'Depth',
  inject: [Queue],
  collect: (gauge, queue) => {
    gauge.set(queue.depth);
  },
});
const workers = defineGauge({
  name: 'workers',
  help: 'Workers',
  aggregation: 'sum',
  collect: (gauge) => {
    gauge.set(1);
  },
});

@Module({
  imports: [
    PrometheusPushgatewayModule.forRoot(options),
    PrometheusPushgatewayModule.forFeature([open, collected, depth, workers]),
  ],
  providers: [Queue],
})
class GaugeModule {}

const app = await NestFactory.createApplicationContext(GaugeModule, { logger: false });
const metrics = app.get(MetricsService);

async function obey(order: GaugeOrder): Promise<unknown> {
  if (order === 'push') return metrics.push();
  if (order === 'text') return metrics.text();
  if (order === 'close') return app.close();
  metrics.define(open).set(order.set);
  return metrics.flush();
}

process.on('message', (order) => {
  void obey(order as GaugeOrder).then((answer) => {
    process.send?.({ answer });
    if (order === 'close') process.disconnect();
  });
});
process.send?.({ answer: 'ready' });
