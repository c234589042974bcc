/**
 * `node fill-histograms.js <Redis> <children>`: bytes that a histogram child of ten buckets takes in Redis,
 * which must then hold them all.
 */
import { Redis } from 'ioredis';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { expectSamples } from './expect-samples.js';
import { BUCKETS } from './nanoseconds.js';
import { usedMemory } from './redis-figures.js';
import { report } from './report.js';
import { LABEL_NAMES, labelSets } from './series.js';

const [address = '', children = '0'] = process.argv.slice(2);
const redis = new Redis(`redis://${address}`);
const application = await startApplication({ redis: address });
const metrics = application.get(MetricsService);
const seconds = metrics.histogram({ name: 'seconds', help: 'Seconds', labelNames: [...LABEL_NAMES], buckets: BUCKETS });
await metrics.flush();
const before = await usedMemory(redis);
for (const labels of labelSets(Number(children))) {
  seconds.observe(labels, 0.03);
  seconds.observe(labels, 1.7);
}
await metrics.flush();
const bytesPerChild = ((await usedMemory(redis)) - before) / Number(children);
// One line per bucket, +Inf, sum and count.
await expectSamples([seconds], Number(children) * (BUCKETS.length + 3));
await application.close();
redis.disconnect();
report({ bytesPerChild });
