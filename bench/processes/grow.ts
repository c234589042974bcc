/**
 * `node grow.js <Redis> <series> <families>`: what a process pays that counts that many series: nanoseconds of an inc with
 * labels, milliseconds to store all of them while they are new and once more when they are known, and its memory.
 */
import { Redis } from 'ioredis';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { expectSamples } from './expect-samples.js';
import { usedMemory } from './redis-figures.js';
import { report } from './report.js';
import { familyName, LABEL_NAMES, type Labels, labelSets } from './series.js';

/** Enough calls to time a few series, too. */
const CALLS = 1_000_000;

const [address = '', ...numbers] = process.argv.slice(2);
const [series = 0, families = 0] = numbers.map(Number);
const redis = new Redis(`redis://${address}`);
const redisBefore = await usedMemory(redis);
const application = await startApplication({ redis: address });
const metrics = application.get(MetricsService);
const labels: Labels[] = [...labelSets(series / families)];
const counters = Array.from({ length: families }, (_, at) =>
  metrics.counter({ name: familyName(at), help: 'Requests', labelNames: [...LABEL_NAMES] }),
);
const countAll = (): void => {
  for (const counter of counters) for (const each of labels) counter.inc(each);
};
const flushAllMs = async (): Promise<number> => {
  const begun = performance.now();
  await metrics.flush();
  return performance.now() - begun;
};

await metrics.flush();
const heapBefore = process.memoryUsage().heapUsed;
countAll();
const heapPerSeries = (process.memoryUsage().heapUsed - heapBefore) / series;
const firstFlushMs = await flushAllMs();
countAll();
const flushMs = await flushAllMs();
const rounds = Math.max(1, Math.round(CALLS / series));
const begun = performance.now();
for (let round = 0; round < rounds; round += 1) countAll();
const incNs = ((performance.now() - begun) * 1e6) / (rounds * series);
const redisBytes = ((await usedMemory(redis)) - redisBefore) / series;
await expectSamples(counters, series);
await application.close();
redis.disconnect();
report({ incNs, firstFlushMs, flushMs, heapPerSeries, redisBytes });
