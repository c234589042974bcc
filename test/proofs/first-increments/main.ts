/**
 * `npm run docs:first-increments`: measures what `increase()` gives for the first 7 events of a counter in each of three ways, and draws
 * docs/first-increments.svg from the samples. Needs Prometheus 2.50 or later on the PATH.
 */
import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusClient,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';
import { timedSamples } from '../../support/raw-samples.js';
import { startPrometheus, startPushgateway, startRedis } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { type Measured, picture } from './picture.js';

const EVENTS = 7;
const SCRAPE_MS = 1_000;
/** Scrapes of the last value to wait for. */
const SCRAPES = 7;
const WAYS = [
  { title: 'as text', change: { pushgateway: { format: 'text' } } },
  { title: 'announced: announceForMs', change: { pushgateway: { format: 'text' }, announceForMs: SCRAPE_MS } },
  { title: 'with start times (default)', change: {} },
] as const;

const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
const prometheus = await startPrometheus({
  config: `
global: { scrape_interval: ${SCRAPE_MS}ms, scrape_timeout: ${SCRAPE_MS}ms }
scrape_configs:
  - { job_name: pushgateway, honor_labels: true, static_configs: [{ targets: ['${gateway.address}'] }] }
`,
  args: ['--enable-feature=created-timestamp-zero-ingestion'],
});
try {
  await waitFor(async () => (await timedSamples(prometheus, 'up')).length > 1, { message: 'the first scrapes' });
  const lines = await Promise.all(WAYS.map(({ title, change }, at) => measured(title, `way-${at}`, change)));
  await writeFile('docs/first-increments.svg', picture(lines, EVENTS));
  for (const { title, samples, increase } of lines) {
    console.log(`${title}: ${samples.map(({ value }) => value).join(' ')}; increase() ${increase.toFixed(1)}`);
  }
} finally {
  await Promise.all([redis, gateway, prometheus].map((server) => server.stop()));
}

async function measured(
  title: string,
  job: string,
  { pushgateway, ...change }: { pushgateway?: { format: 'text' }; announceForMs?: number },
): Promise<Measured> {
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { host: prometheus.address, instance: 'docs', jobs: [job] },
    pushgateway: { host: gateway.address, redis: redis.address, ...pushgateway },
    autoPush: { everyMs: SCRAPE_MS / 2 },
    ...change,
  };
  @Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  try {
    const happenedAt = Date.now();
    app.get(MetricsService).counter({ name: 'orders_total', help: 'Orders' }).inc(EVENTS);
    const series = `orders_total{job="${job}"}`;
    const samples = await waitFor(async () => {
      const all = await timedSamples(prometheus, series);
      return all.filter(({ value }) => value === EVENTS).length >= SCRAPES ? all : undefined;
    });
    const [increase] = await app.get(PrometheusClient).query(`increase(${series}[1m])`);
    return {
      title,
      samples: samples.map(({ atMs, value }) => ({ seconds: (atMs - happenedAt) / 1_000, value })),
      increase: increase?.value ?? Number.NaN,
    };
  } finally {
    await app.close();
  }
}
