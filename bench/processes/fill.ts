/**
 * `node fill.js <Redis> <series> <families>`: counts that many series into Redis. Reports the longest command this took
 * Redis, how long it took in all, and the bytes a series takes there.
 */
import { Redis } from 'ioredis';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { longestCommandMs, usedMemory, watchCommands } from './redis-figures.js';
import { report } from './report.js';
import { familyName, LABEL_NAMES, labelSets, valueOf } from './series.js';

/** Counted between two drains: memory of this process is not the point. */
const AT_ONCE = 50_000;

const [address = '', ...numbers] = process.argv.slice(2);
const [series = 0, families = 0] = numbers.map(Number);
const redis = new Redis(`redis://${address}`);
const application = await startApplication({ redis: address });
const metrics = application.get(MetricsService);
await metrics.drain();
await watchCommands(redis);
const before = await usedMemory(redis);
const begun = performance.now();
let counted = 0;
for (let family = 0; family < families; family += 1) {
  const counter = metrics.counter({ name: familyName(family), help: 'Requests', labelNames: [...LABEL_NAMES] });
  for (const labels of labelSets(series / families)) {
    counter.inc(labels, valueOf(counted));
    counted += 1;
    if (counted % AT_ONCE === 0) await metrics.drain();
  }
}
await metrics.drain();
const fillMs = performance.now() - begun;
const longestMs = await longestCommandMs(redis);
const bytesPerSeries = ((await usedMemory(redis)) - before) / series;
await application.close();
redis.disconnect();
report({ fillMs, longestMs, bytesPerSeries });
