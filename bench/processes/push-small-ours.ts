/**
 * `node push-small-ours.js <Redis> <gateway> <families> <counted> <pushes>`: one push per second of that many families of one
 * series, of which `counted` have changed since the push before, after some that are not measured. CPU of this process and
 * commands of Redis (those inside scripts included) for each push, with all that an idle application does meanwhile.
 */
import { Redis } from 'ioredis';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { JOB, startApplication } from './application.js';
import { commandsOf } from './redis-figures.js';
import { report } from './report.js';
import { familyName } from './series.js';
import { everySecond } from './steady.js';

const [address = '', gateway = '', ...numbers] = process.argv.slice(2);
const [families = 0, counted = 0, pushes = 0] = numbers.map(Number);
const application = await startApplication({ redis: address, host: gateway });
const metrics = application.get(MetricsService);
const counters = Array.from({ length: families }, (_, at) =>
  metrics.counter({ name: familyName(at), help: 'Requests', jobs: [JOB] }),
);
for (const counter of counters) counter.inc();

const push = async (): Promise<void> => {
  for (const counter of counters.slice(0, counted)) counter.inc();
  const { outcome, series, reason } = await metrics.push(JOB);
  if (outcome !== 'pushed' || series !== families) throw new Error(`${outcome}: ${series} series, ${reason ?? ''}`);
};
const redis = new Redis(`redis://${address}`);
const figures = await everySecond(push, pushes, () => commandsOf(redis));
redis.disconnect();
await application.close();
report(figures);
