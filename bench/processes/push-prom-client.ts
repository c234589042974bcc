/**
 * `node push-prom-client.js <gateway> <warm-ups> <series> <families> [more]`: one push of what prom-client holds in memory,
 * by the Pushgateway that @willsoto/nestjs-prometheus provides, after some that are not measured, and some more in a row.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Counter, Pushgateway } from 'prom-client';
import { JOB } from './application.js';
import { report } from './report.js';
import { familyName, LABEL_NAMES, labelSets, valueOf } from './series.js';
import { clock, longestBlock, withMoreOnEnd } from './watch.js';

const [gateway = '', ...numbers] = process.argv.slice(2);
const [warmUps = 0, series = 0, families = 0, more = 0] = numbers.map(Number);

@Module({
  imports: [
    PrometheusModule.register({ defaultMetrics: { enabled: false }, pushgateway: { url: `http://${gateway}` } }),
  ],
})
class BenchModule {}

const application = await NestFactory.createApplicationContext(BenchModule, { logger: ['error', 'warn'] });
let counted = 0;
for (let family = 0; family < families; family += 1) {
  const counter = new Counter({ name: familyName(family), help: 'Requests', labelNames: LABEL_NAMES });
  for (const labels of labelSets(series / families)) {
    counter.inc(labels, valueOf(counted));
    counted += 1;
  }
}
const pushgateway = application.get(Pushgateway);
const push = () => pushgateway.push({ jobName: JOB, groupings: { instance: JOB } });
for (let done = 0; done < warmUps; done += 1) await push();
const before = process.memoryUsage.rss();
const first = await clock(push);
const peak = process.resourceUsage().maxRSS * 1024;
const { blockMs } = await longestBlock(push);
const figures = await withMoreOnEnd(first, more, push);
await application.close();
report({ ...figures, blockMs, addedMb: Math.max(0, peak - before) / 2 ** 20 });
