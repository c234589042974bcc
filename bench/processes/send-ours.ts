/**
 * `node send-ours.js <Redis> <increments> <per second> <series>`: CPU of counting at that rate, flushes included, and the
 * commands that went to Redis for it.
 */
import { Redis } from 'ioredis';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { report } from './report.js';
import { atRate } from './steady.js';

const [address = '', ...numbers] = process.argv.slice(2);
const [increments = 0, perSecond = 0, series = 0] = numbers.map(Number);

let commands = 0;
class CountingRedis extends Redis {
  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    commands += 1;
    return super.sendCommand(...args);
  }
}

const redis = new CountingRedis(`redis://${address}`);
const application = await startApplication({ redis });
const metrics = application.get(MetricsService);
const requests = metrics.counter({ name: 'requests_total', help: 'Requests', labelNames: ['route', 'status'] });
const labels = Array.from({ length: series }, (_, at) => ({
  route: `/articles/${at % 100}`,
  status: String(200 + Math.floor(at / 100)),
}));
const cpuMs = await atRate(perSecond, increments, (at) => {
  requests.inc(labels[at % series] as (typeof labels)[number]);
});
await metrics.flush();
await application.close();
redis.disconnect();
report({ cpuMs, commands });
