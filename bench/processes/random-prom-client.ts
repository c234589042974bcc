/** `node random-prom-client.js`: nanoseconds per call, series in random order. */
import { Counter, Gauge, Histogram } from 'prom-client';
import { BUCKETS } from './nanoseconds.js';
import { measureRandomOrder } from './random-order.js';
import { report } from './report.js';

const labelNames = ['route', 'status'] as const;
report(
  await measureRandomOrder({
    counter: new Counter({ name: 'requests_total', help: 'Requests', labelNames }),
    gauge: new Gauge({ name: 'open', help: 'Open', labelNames }),
    histogram: new Histogram({ name: 'request_seconds', help: 'Seconds', labelNames, buckets: BUCKETS }),
  }),
);
