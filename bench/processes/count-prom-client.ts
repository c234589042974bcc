/** `node count-prom-client.js`: nanoseconds per call. */
import { Counter, Histogram } from 'prom-client';
import { BUCKETS, measureVerbs } from './nanoseconds.js';
import { report } from './report.js';

const labelNames = ['route', 'status'] as const;
const requests = new Counter({ name: 'requests_total', help: 'Requests', labelNames });
const visits = new Counter({ name: 'visits_total', help: 'Visits' });
const seconds = new Histogram({ name: 'request_seconds', help: 'Seconds', labelNames, buckets: BUCKETS });
const keptCounter = requests.labels({ route: '/kept', status: '200' });
const keptHistogram = seconds.labels({ route: '/kept', status: '200' });

report(
  await measureVerbs({
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
  }),
);
