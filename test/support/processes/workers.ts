/**
 * Four workers of one application, each with a MetricsService of its own and the same options: `OPTIONS=<options as JSON> node workers.js
 * cluster|threads`. Each counts {@link FIRST}; one is killed then, and the others count {@link THEN} more and end in order.
 */
import 'reflect-metadata';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker as Thread } from 'node:worker_threads';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

const WORKERS = 4;
const FIRST = 250;
const THEN = 500;

interface Started {
  readonly hasStored: Promise<unknown>;
  end(): void;
  kill(): void;
  readonly ended: Promise<unknown>;
}

function startProcess(): Started {
  const worker = cluster.fork();
  return {
    hasStored: once(worker, 'message'),
    end: () => worker.send('end'),
    kill: () => worker.process.kill('SIGKILL'),
    ended: once(worker, 'exit'),
  };
}

function startThread(): Started {
  const worker = new Thread(fileURLToPath(import.meta.url));
  return {
    hasStored: once(worker, 'message'),
    end: () => {
      worker.postMessage('end');
    },
    kill: () => void worker.terminate(),
    ended: once(worker, 'exit'),
  };
}

async function lead(start: () => Started): Promise<void> {
  const workers = Array.from({ length: WORKERS }, start);
  await Promise.all(workers.map(({ hasStored }) => hasStored));
  const [first, ...others] = workers as [Started, ...Started[]];
  first.kill();
  for (const worker of others) worker.end();
  await Promise.all(workers.map(({ ended }) => ended));
  process.stdout.write(String(WORKERS * FIRST + others.length * THEN));
}

async function work(tell: () => void, told: Promise<unknown>): Promise<void> {
  const options = JSON.parse(process.env['OPTIONS'] ?? '{}') as PrometheusPushgatewayModuleOptions;
  @Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const metrics = app.get(MetricsService);
  const jobs = metrics.counter({ name: 'jobs_total', help: 'Jobs', labelNames: ['kind'] });
  for (let at = 0; at < FIRST; at += 1) jobs.inc({ kind: at % 2 });
  await metrics.flush();
  tell();
  await told;
  for (let at = 0; at < THEN; at += 1) jobs.inc({ kind: at % 2 });
  await app.close();
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  await work(
    () => {
      port.postMessage('stored');
    },
    once(port, 'message'),
  );
  port.close();
} else if (cluster.isWorker) {
  await work(() => process.send?.('stored'), once(process, 'message'));
  process.disconnect();
} else {
  await lead(process.argv[2] === 'threads' ? startThread : startProcess);
}
