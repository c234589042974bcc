/**
 * `node fill.js <Redis> <series> <families>`: counts that many series into Redis. Reports how long that took, and the bytes
 * a series takes there. Fails unless Redis then holds them all.
 */
import { Redis } from 'ioredis';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { expectSamples } from './expect-samples.js';
import { usedMemory } from './redis-figures.js';
import { report } from './report.js';
import { familyName, LABEL_NAMES, labelSets, valueOf } from './series.js';

/** Counted between two flushes: memory of this process is not the point. */
const AT_ONCE = 50_000;

const [address = '', ...numbers] = process.argv.slice(2);
const [series = 0, families = 0] = numbers.map(Number);
const redis = new Redis(`redis://${address}`);
const application = await startApplication({ redis: address });
const metrics = application.get(MetricsService);
await metrics.flush();
const before = await usedMemory(redis);
const begun = performance.now();
const counters = Array.from({ length: families }, (_, at) =>
  metrics.counter({ name: familyName(at), help: 'Requests', labelNames: [...LABEL_NAMES] }),
);
let counted = 0;
for (const counter of counters) {
  for (const labels of labelSets(series / families)) {
    counter.inc(labels, valueOf(counted));
    counted += 1;
    if (counted % AT_ONCE === 0) await metrics.flush();
  }
}
await metrics.flush();
const fillMs = performance.now() - begun;
const bytesPerSeries = ((await usedMemory(redis)) - before) / series;
await expectSamples(counters, series);
await application.close();
redis.disconnect();
report({ fillMs, bytesPerSeries });
