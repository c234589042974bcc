/**
 * `node push-first.js <Redis> <gateway>`: CPU of this process for the first push after it has started and counted once: the
 * clients of Redis and HTTP are loaded for it.
 */
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication, WARM_UP_JOB } from './application.js';
import { report } from './report.js';
import { clock } from './watch.js';

const [redis = '', host = ''] = process.argv.slice(2);
const application = await startApplication({ redis, host });
const metrics = application.get(MetricsService);
metrics.counter({ name: 'firsts_total', help: 'First pushes', jobs: [WARM_UP_JOB] }).inc();
const { cpuMs } = await clock(async () => {
  const { outcome, reason } = await metrics.push(WARM_UP_JOB);
  if (outcome !== 'pushed') throw new Error(`${outcome}: ${reason ?? ''}`);
});
await application.close();
report({ cpuMs });
