/**
 * An application that OpenTelemetry measures: `node telemetry.js <options as JSON> <URL to ask> <port of Redis>`. It asks the URL ten times
 * by `node:http` and ten times by `fetch`, and Redis once by a client of its own, counts five orders, and flushes: at its start, and
 * again with each SIGUSR2. Prints a line for each step; at its end, what spans it has seen.
 */
import 'reflect-metadata';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type http from 'node:http';
import { context, createContextKey, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { PushgatewayMetricExporter } from 'nestjs-prometheus-pushgateway/opentelemetry';

const EXPORT_EVERY_MS = 200;
const REQUESTS = 10;
const ORDERS = 5;
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

const [optionsText, url, redisPort] = process.argv.slice(2) as [string, string, string];
const options = JSON.parse(optionsText) as PrometheusPushgatewayModuleOptions;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const exporter = new PushgatewayMetricExporter();
const meterProvider = new MeterProvider({
  resource: resourceFromAttributes({ 'service.name': 'telemetry' }),
  readers: [
    new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: EXPORT_EVERY_MS,
      exportTimeoutMillis: EXPORT_EVERY_MS,
    }),
  ],
});
/** Makes spans as the tracer of the SDK does, and keeps their names only. */
const spans: string[] = [];
const tracer = {
  startSpan: (name: string, _: unknown, active = context.active()): Span => {
    if (active.getValue(SUPPRESSED) !== true) spans.push(name);
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  },
  startActiveSpan: (): never => {
    throw new Error('expected no active span');
  },
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider({ getTracer: () => tracer });
for (const one of [
  new HttpInstrumentation(),
  new UndiciInstrumentation(),
  new IORedisInstrumentation({ requireParentSpan: false }),
]) {
  one.setMeterProvider(meterProvider);
}
const meter = meterProvider.getMeter('shop');
const require = createRequire(import.meta.url);
const { get } = require('node:http') as typeof http;
const { Redis } = require('ioredis') as typeof import('ioredis');
const processes = meter.createUpDownCounter('processes');
processes.add(1);
const client = new Redis({ port: Number(redisPort) });
const orders = meter.createCounter('orders');

const { PrometheusPushgatewayModule } = await import('nestjs-prometheus-pushgateway');
const { PrometheusPushgatewayOpenTelemetryModule } = await import('nestjs-prometheus-pushgateway/opentelemetry');

@Module({
  imports: [
    PrometheusPushgatewayModule.forRoot(options),
    PrometheusPushgatewayOpenTelemetryModule.forRoot({ exporter, meterProvider }),
  ],
})
class TelemetryModule {}

// Before there is an application: it waits.
orders.add(ORDERS);
await meterProvider.forceFlush().catch((error: unknown) => {
  say(`not flushed: ${(error as Error).message}`);
});
const app = await NestFactory.createApplicationContext(TelemetryModule, { logger: ['error', 'warn'] });

async function work(): Promise<void> {
  for (let at = 0; at < REQUESTS; at++) {
    await new Promise((resolve) => get(url, (answer) => answer.resume().once('end', resolve)));
    await (await fetch(url)).text();
  }
  say('worked');
  for (;;) {
    try {
      await meterProvider.forceFlush();
      say('flushed');
      return;
    } catch (error) {
      say(`not flushed: ${(error as Error).message}`);
    }
  }
}

// A command that waits for the connection is sent, and traced, again once there is one.
if (client.status !== 'ready') await once(client, 'ready');
await client.set('of the application', 1);
await work();
process.on('SIGUSR2', () => {
  orders.add(ORDERS);
  void work();
});
process.on('SIGTERM', () => {
  // Measured after the last export of the schedule, as likely as not.
  orders.add(ORDERS);
  void app.close().then(() => {
    client.disconnect();
    say(JSON.stringify({ spans }));
    return meterProvider.shutdown().catch(() => undefined);
  });
});
