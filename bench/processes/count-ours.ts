/** `node count-ours.js <Redis>`: nanoseconds per call. */
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { BUCKETS, measureVerbs } from './nanoseconds.js';
import { report } from './report.js';

const [redis = ''] = process.argv.slice(2);
const application = await startApplication({ redis });
const metrics = application.get(MetricsService);
const labelNames = ['route', 'status'] as const;
const requests = metrics.counter({ name: 'requests_total', help: 'Requests', labelNames: [...labelNames] });
const visits = metrics.counter({ name: 'visits_total', help: 'Visits' });
const seconds = metrics.histogram({
  name: 'request_seconds',
  help: 'Seconds',
  labelNames: [...labelNames],
  buckets: BUCKETS,
});
const keptCounter = requests.labels({ route: '/kept', status: '200' });
const keptHistogram = seconds.labels({ route: '/kept', status: '200' });

const figures = await measureVerbs({
  inc: (labels) => {
    requests.inc(labels);
  },
  incKept: () => {
    keptCounter.inc();
  },
  incUnlabelled: () => {
    visits.inc();
  },
  observe: (labels, value) => {
    seconds.observe(labels, value);
  },
  observeKept: (value) => {
    keptHistogram.observe(value);
  },
});
await application.close();
report(figures);
