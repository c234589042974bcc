/**
 * `node push-ours.js <Redis> <gateway> <warm-ups> <series>`: one push of what Redis holds, after some that are not measured;
 * and the memory that it added to the process. Fails unless so many series went over.
 */
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { report } from './report.js';
import { clock, longestBlock } from './watch.js';

const [redis = '', gateway = '', ...numbers] = process.argv.slice(2);
const [warmUps = 0, expected = 0] = numbers.map(Number);
const application = await startApplication({ redis, host: gateway });
const metrics = application.get(MetricsService);
const push = async (): Promise<void> => {
  const { outcome, series, reason } = await metrics.push();
  if (outcome !== 'pushed') throw new Error(`${outcome}: ${reason ?? ''}`);
  if (series !== expected) throw new Error(`Expected a push of ${expected} series, got one of ${series}`);
};
await metrics.drain();
for (let done = 0; done < warmUps; done += 1) await push();
const before = process.memoryUsage.rss();
const figures = await clock(push);
const peak = process.resourceUsage().maxRSS * 1024;
const { blockMs } = await longestBlock(push);
await application.close();
report({ ...figures, blockMs, addedMb: Math.max(0, peak - before) / 2 ** 20 });
