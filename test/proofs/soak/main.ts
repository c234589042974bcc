/**
 * Two replicas that count for as long as wanted, on real servers, while faults strike at random: nothing may grow, and
 * nothing may be lost or doubled. Ends with a table, a picture and exit code 1 if it is not so.
 *
 *   npm run soak -- --minutes 20 --seed 7 --picture soak.svg --faults gateway
 */
import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import { waitFor } from '../../support/wait-for.js';
import { strikeUntil } from './faults.js';
import { Record } from './record.js';
import { Replica } from './replicas.js';
import { ask, FAILOVER_AFTER_MS, JOB, type Stage, startStage } from './stage.js';
import { type Stored, storedOf } from './stored.js';

const SAMPLE_INTERVAL_MS = 1_000;
const PUSH_INTERVAL_MS = 1_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    faults: { type: 'string', default: '' },
    picture: { type: 'string', default: join(tmpdir(), 'soak.svg') },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  throw new Error(`Expected --minutes to be above 0 and --seed to be whole, got ${values.minutes} and ${values.seed}`);
}

process.stdout.write(`Soak of ${minutes} min, --seed ${seed}\n`);
const stage = await startStage();
try {
  process.exitCode = (await soak(stage)) ? 0 : 1;
} finally {
  await stage.stop();
}

async function soak(stage: Stage): Promise<boolean> {
  const reader = await openReader(optionsFor(stage, false));
  const options = optionsFor(stage, { everyMs: PUSH_INTERVAL_MS });
  const [elder, younger] = ['a', 'b'].map((name) => new Replica(name, options, () => reader.stored(name))) as [
    Replica,
    Replica,
  ];
  const replicas = [elder, younger];
  try {
    const record = new Record();
    const end = Date.now() + minutes * 60_000;
    await Promise.all([
      measureUntil(end, () => record.take(stage, elder, replicas)),
      strikeUntil(end, stage, younger, { seed, only: values.faults }, (name, begunAt) => {
        record.noteFault(name, begunAt);
      }),
    ]);
    const wrong = await finish(stage, replicas);
    // What happened after the last fault counts too.
    await record.take(stage, elder, replicas);
    wrong.push(...record.stepsBack().flatMap(({ text, isAtThaw }) => (isAtThaw ? [] : [text])));
    const date = new Date().toISOString().slice(0, 10);
    const counted = replicas.reduce((sum, { counted }) => sum + counted, 0);
    await writeFile(values.picture, record.picture(`Soak, ${minutes} min, ${date}, seed ${seed}: ${counted} events`));
    const isFlat = [...record.trends().values()].every((trend) => trend.isFlat);
    report(record, counted, wrong);
    return isFlat && wrong.length === 0;
  } finally {
    for (const replica of replicas) replica.abandon();
    await reader.close();
  }
}

function report(record: Record, counted: number, wrong: readonly string[]): void {
  const faults = new Map<string, number>();
  for (const { name } of record.faults) faults.set(name, (faults.get(name) ?? 0) + 1);
  const struck = [...faults].map(([name, times]) => `${name} ${times}`).join(', ');
  const exactness = wrong.length === 0 ? 'exact: store and Prometheus hold what was counted' : 'NOT EXACT';
  const known = record.stepsBack().flatMap(({ text, isAtThaw }) => (isAtThaw ? [`${text}: cannot be mended`] : []));
  const events = `${counted} events, ${exactness}`;
  const lines = [record.table(), '', `faults: ${struck}`, events, ...wrong, ...known, values.picture];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Ends the replicas cleanly and compares; what is wrong in words. */
async function finish(stage: Stage, replicas: readonly Replica[]): Promise<string[]> {
  for (const replica of replicas) await replica.end('SIGTERM', true);
  const counted = replicas.reduce((sum, replica) => sum + replica.counted, 0);
  const wrong = replicas.flatMap(({ faults }) => faults);
  let shown: number | undefined;
  await waitFor(
    async () => {
      shown = await ask(stage, 'sum(soak_orders_total)');
      return shown === counted;
    },
    { message: `Prometheus to show ${counted}` },
  ).catch(() => wrong.push(`Prometheus shows ${shown ?? 'nothing'}, ${counted} were counted`));
  return wrong;
}

async function measureUntil(end: number, measure: () => Promise<void>): Promise<void> {
  while (Date.now() < end) await Promise.all([measure(), wait(SAMPLE_INTERVAL_MS)]);
}

function optionsFor(
  { redis, gateways, prometheus }: Stage,
  autoPush: PrometheusPushgatewayModuleOptions['autoPush'] & (object | false),
): PrometheusPushgatewayModuleOptions {
  return {
    prometheus: { host: prometheus.address, instance: 'soak', jobs: [JOB] },
    pushgateway: {
      host: gateways.map(({ address }) => address),
      redis: redis.address,
      timeoutMs: 1_000,
      failoverAfterMs: FAILOVER_AFTER_MS,
    },
    autoPush,
  };
}

interface Reader {
  stored(replica: string): Promise<Stored>;
  close(): Promise<void>;
}

/** Reads what the store holds, as any process of the application can. */
async function openReader(options: PrometheusPushgatewayModuleOptions): Promise<Reader> {
  @Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
  class ReaderModule {}
  const context = await NestFactory.createApplicationContext(ReaderModule, { logger: ['error'] });
  const metrics = context.get(MetricsService);
  return {
    stored: async (replica) =>
      storedOf(replica, await waitFor(() => metrics.text(), { message: 'the store to be readable' })),
    close: () => context.close(),
  };
}
