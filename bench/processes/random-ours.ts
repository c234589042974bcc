/** `node random-ours.js <Redis>`: nanoseconds per call, series in random order. */
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { BUCKETS } from './nanoseconds.js';
import { measureRandomOrder } from './random-order.js';
import { report } from './report.js';

const [redis = ''] = process.argv.slice(2);
const application = await startApplication({ redis });
const metrics = application.get(MetricsService);
const labelNames = ['route', 'status'] as const;
const figures = await measureRandomOrder(
  {
    counter: metrics.counter({ name: 'requests_total', help: 'Requests', labelNames: [...labelNames] }),
    gauge: metrics.gauge({ name: 'open', help: 'Open', labelNames: [...labelNames] }),
    histogram: metrics.histogram({
      name: 'request_seconds',
      help: 'Seconds',
      labelNames: [...labelNames],
      buckets: BUCKETS,
    }),
  },
  () => metrics.flush(),
);
await application.close();
report(figures);
