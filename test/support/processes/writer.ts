/**
 * A process that counts until it is told to finish: `node writer.js <options as JSON> <plan as JSON>`. It tells its parent
 * what it does in messages ({@link WriterMessage}), and obeys {@link WriterOrder}.
 */
import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import { emptyTally, type WriterMessage, type WriterOrder, type WriterPlan } from '../writer-messages.js';

const REPORT_EVERY_MS = 20;

const [optionsText, planText] = process.argv.slice(2) as [string, string];
const options = JSON.parse(optionsText) as PrometheusPushgatewayModuleOptions;
const plan = JSON.parse(planText) as WriterPlan;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

@Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
class WriterModule {}

const lines: string[] = [];
/** What a process logs at its start does not matter here. */
const isOfStart = (line: string): boolean => /Values are kept in Redis|First push:/.test(line);
const note = (line: string): void => {
  if (isOfStart(line)) return;
  lines.push(line);
  tell({ kind: 'line', line });
};
const keep =
  (level: string) =>
  (text: unknown, ...more: unknown[]): void => {
    if (more.at(-1) === 'PrometheusPushgateway') note(`${level}: ${String(text)}`);
  };
const logger: LoggerService = { log: keep('log'), warn: keep('warn'), error: keep('error'), fatal: keep('fatal') };

const context = await NestFactory.createApplicationContext(WriterModule, { logger });
const metrics = context.get(MetricsService);
const events = metrics.counter({ name: 'events_total', help: 'Events', labelNames: ['at'] });
const level = metrics.gauge({ name: 'level', help: 'Level', labelNames: ['at'] });
const sizes = metrics.histogram({ name: 'sizes', help: 'Sizes', labelNames: ['at'], buckets: [10, 50, 100] });
const spans = metrics.summary({ name: 'spans', help: 'Spans' });

const tally = emptyTally(plan.series);
const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();

/** One increment of one kind; whole numbers only, so that sums are exact in any order. */
function increment(at: number): void {
  const series = at % plan.series;
  const value = at % 151;
  switch (at % 10) {
    case 0:
      level.inc({ at: series }, 3);
      tally.level += 3;
      break;
    case 1:
      level.dec({ at: series });
      tally.level -= 1;
      break;
    case 2:
    case 3:
      sizes.observe({ at: series }, value);
      tally.sizesSum += value;
      tally.sizes[value <= 10 ? 0 : value <= 50 ? 1 : value <= 100 ? 2 : 3] += 1;
      break;
    case 4:
      spans.observe(value);
      tally.spansSum += value;
      tally.spans += 1;
      break;
    default:
      events.inc({ at: series });
      tally.events[series] = (tally.events[series] ?? 0) + 1;
  }
  tally.made += 1;
}

function tell(message: WriterMessage): void {
  process.send?.(message);
}

/** Drains until the store takes everything; the parent's patience is the deadline. */
async function flushAtLast(): Promise<void> {
  for (;;) {
    try {
      await metrics.flush();
      return;
    } catch {
      await wait(20);
    }
  }
}

const finishing = new AbortController();

async function obey(order: WriterOrder): Promise<void> {
  switch (order) {
    case 'flush': {
      const before = structuredClone(tally);
      await flushAtLast();
      tell({ kind: 'flushed', tally: before });
      break;
    }
    case 'memory':
      collectGarbage();
      tell({ kind: 'memory', heapBytes: process.memoryUsage().heapUsed + process.memoryUsage().external });
      break;
    case 'finish':
      finishing.abort();
  }
}

process.on('message', (order) => void obey(order as WriterOrder));
tell({ kind: 'ready' });

let reported = 0;
while (!finishing.signal.aborted) {
  if (tally.made < plan.increments) {
    for (let step = 0; step < plan.burst && tally.made < plan.increments; step += 1) increment(tally.made);
    if (tally.made === plan.increments) tell({ kind: 'made all' });
  }
  if (performance.now() - reported > REPORT_EVERY_MS) {
    reported = performance.now();
    tell({ kind: 'progress', made: tally.made, events: sum(tally.events), atMs: reported });
  }
  await wait(plan.pauseMs);
}
await flushAtLast();
loop.disable();
await context.close();
tell({ kind: 'finished', tally, lines, longestBlockMs: loop.max / 1e6 });
process.disconnect();

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
