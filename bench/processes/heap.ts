/** `node heap.js <Redis> <series>`: the heap of a process that has counted that many series and stored what it counted. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { routeLabels } from './nanoseconds.js';
import { report } from './report.js';

/** Counted again and again: code that runs for the first time takes memory, and a series its text. */
const ROUNDS = 3;
const COLLECTIONS = 4;

const [redis = '', ...numbers] = process.argv.slice(2);
const [series = 0] = numbers.map(Number);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const application = await startApplication({ redis });
const metrics = application.get(MetricsService);
const requests = metrics.counter({ name: 'requests_total', help: 'Requests', labelNames: ['route', 'status'] });
const visits = metrics.counter({ name: 'visits_total', help: 'Visits' });
for (let round = 0; round < ROUNDS; round += 1) {
  visits.inc();
  for (let at = 0; at < series; at += 1) requests.inc(routeLabels(at));
  await metrics.flush();
}
for (let times = 0; times < COLLECTIONS; times += 1) {
  collect();
  await nextTurn();
}
const { heapUsed, arrayBuffers } = process.memoryUsage();
await application.close();
report({ heapBytes: heapUsed + arrayBuffers });
