/**
 * A replica that counts at a steady rate with metrics of all four types: `node --expose-gc replica.js <name> <options as
 * JSON>`, forked by the soak. SIGTERM: it stores and pushes what it has, and ends.
 */
import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import type { Message } from './messages.js';

const TICK_MS = 50;
const EVENTS_PER_TICK = 20;
const CUSTOMERS = 50;
const ROUTES = 10;
/** A session lasts so many ticks; its name never comes again, so that what is left of it would add up. */
const SESSION_TICKS = 200;
const DRAIN_INTERVAL_MS = 500;
const SAMPLE_INTERVAL_MS = 1_000;

const [replica, optionsText] = process.argv.slice(2) as [string, string];
const options = JSON.parse(optionsText) as PrometheusPushgatewayModuleOptions;

@Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
class ReplicaModule {}

const context = await NestFactory.createApplicationContext(ReplicaModule, { logger: ['error'] });
const metrics = context.get(MetricsService);
const orders = metrics.counter({ name: 'soak_orders_total', help: 'Orders', labelNames: ['replica', 'customer'] });
const sessions = metrics.gauge({ name: 'soak_sessions', help: 'Sessions', labelNames: ['replica', 'session'] });
const durations = metrics.histogram({
  name: 'soak_duration_seconds',
  help: 'Duration of requests',
  labelNames: ['replica', 'route'],
});
const sizes = metrics.summary({
  name: 'soak_size_bytes',
  help: 'Size of answers',
  labelNames: ['replica', 'route'],
  maxAgeSeconds: 60,
});

function tell(message: Message): void {
  if (process.connected) process.send?.(message);
}

let events = 0;
let ticks = 0;

function count(): void {
  tell({ kind: 'counting', events: events + EVENTS_PER_TICK });
  for (let event = 0; event < EVENTS_PER_TICK; event++) {
    events += 1;
    orders.inc({ replica, customer: `customer-${events % CUSTOMERS}` });
    durations.observe({ replica, route: `/route/${events % ROUTES}` }, (events % 100) / 50);
    sizes.observe({ replica, route: `/route/${events % ROUTES}` }, 1 + (events % 1_000));
  }
  sessions.set({ replica, session: sessionOf(ticks) }, ticks);
  if (ticks >= SESSION_TICKS) sessions.remove({ replica, session: sessionOf(ticks - SESSION_TICKS) });
  ticks += 1;
}

/** Of this life of the replica. */
function sessionOf(tick: number): string {
  return `${process.pid}-${tick}`;
}

async function flush(): Promise<void> {
  const before = events;
  await metrics.flush();
  tell({ kind: 'flushed', events: before });
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

function sample(): void {
  const loopP99Ms = delay.percentile(99) / 1e6;
  delay.disable();
  globalThis.gc?.();
  const { heapUsed: heapBytes, rss: rssBytes } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  tell({ kind: 'sample', sample: { heapBytes, rssBytes, handles, loopP99Ms } });
  // The collection would count as a delay of the loop.
  setImmediate(() => {
    delay.reset();
    delay.enable();
  });
}

let isDraining = false;
const timers = [
  setInterval(count, TICK_MS),
  setInterval(sample, SAMPLE_INTERVAL_MS),
  setInterval(() => {
    if (isDraining) return;
    isDraining = true;
    flush()
      .catch(() => undefined)
      .finally(() => {
        isDraining = false;
      });
  }, DRAIN_INTERVAL_MS),
];

process.once('SIGTERM', () => {
  void end();
});

async function end(): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  // The sessions of a life end with it.
  for (let tick = Math.max(0, ticks - SESSION_TICKS); tick < ticks; tick++) {
    sessions.remove({ replica, session: sessionOf(tick) });
  }
  while (
    !(await flush().then(
      () => true,
      () => false,
    ))
  ) {
    await wait(DRAIN_INTERVAL_MS);
  }
  while ((await metrics.push()).outcome === 'failed') await wait(DRAIN_INTERVAL_MS);
  await context.close();
  process.disconnect();
}
