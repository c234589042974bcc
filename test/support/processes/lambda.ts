/**
 * A process as AWS Lambda has it: one application for many invocations, and between them nothing runs. `OPTIONS=<options as JSON> node
 * lambda.js`, forked; each message is an invocation, which counts as often as it says.
 */
import 'reflect-metadata';
import { type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
  type PushResult,
} from 'nestjs-prometheus-pushgateway';

export interface Invocation {
  readonly counts: number;
  /** Whether it waits for a push at its end. Otherwise it answers with the counts in memory. */
  readonly pushes: boolean;
}

export interface Answer {
  readonly result?: PushResult;
  /** What keeps the process alive, but for the channel to its parent. */
  readonly handles: readonly string[];
  readonly lines: readonly string[];
}

const options = JSON.parse(process.env['OPTIONS'] ?? '{}') as PrometheusPushgatewayModuleOptions;
const lines: string[] = [];
const keep = (text: unknown): void => void lines.push(String(text));
const logger: LoggerService = { log: () => undefined, warn: keep, error: keep, fatal: keep };

@Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger });
const metrics = app.get(MetricsService);
const invocations = metrics.counter({ name: 'invocations_total', help: 'Invocations' });

async function handler({ counts, pushes }: Invocation): Promise<Answer> {
  for (let at = 0; at < counts; at += 1) invocations.inc();
  const result = pushes ? await metrics.push() : undefined;
  const handles = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
  return { ...(result && { result }), handles, lines };
}

process.on('message', (invocation: Invocation) => {
  void handler(invocation).then((answer) => process.send?.(answer));
});
process.send?.('ready');
