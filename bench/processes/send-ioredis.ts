/**
 * `node send-ioredis.js <Redis> <increments> <per second> <series>`: CPU of one HINCRBY per event, not awaited;
 * per second 0: nanoseconds of one awaited.
 */
import { Redis } from 'ioredis';
import { report } from './report.js';
import { atRate } from './steady.js';

const [address = '', ...numbers] = process.argv.slice(2);
const [increments = 0, perSecond = 0, series = 0] = numbers.map(Number);
const redis = new Redis(`redis://${address}`);
const labels = Array.from({ length: series }, (_, at) => `/articles/${at % 100},${200 + Math.floor(at / 100)}`);
await redis.ping();
if (perSecond > 0) {
  const cpuMs = await atRate(perSecond, increments, (at) => {
    void redis.hincrby('requests_total', labels[at % series] as string, 1);
  });
  await redis.ping();
  report({ cpuMs });
} else {
  const begun = performance.now();
  for (let at = 0; at < increments; at += 1) await redis.hincrby('requests_total', labels[at % series] as string, 1);
  report({ awaitedNs: ((performance.now() - begun) * 1e6) / increments });
}
redis.disconnect();
