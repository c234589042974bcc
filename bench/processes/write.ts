/** `node write.js <Redis> <series> <per second> <seconds> <flush interval in ms>`: one of several writers; CPU of this process. */
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { report } from './report.js';
import { LABEL_NAMES, labelSets } from './series.js';
import { atRate } from './steady.js';

const [redis = '', ...numbers] = process.argv.slice(2);
const [series = 0, perSecond = 0, seconds = 0, flushIntervalMs = 0] = numbers.map(Number);
const application = await startApplication({ redis, flushIntervalMs });
const metrics = application.get(MetricsService);
const counter = metrics.counter({ name: 'requests_total', help: 'Requests', labelNames: [...LABEL_NAMES] });
const children = [...labelSets(series)].map((labels) => counter.labels(labels));
const cpuMs = await atRate(perSecond, perSecond * seconds, (at) => {
  children[at % series]?.inc();
});
await application.close();
report({ cpuMs });
