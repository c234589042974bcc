/**
 * `node push-ours.js <Redis> <gateway> <warm-ups>`: one push of what Redis holds, after some that are not measured; and the
 * memory that it added to the process.
 */
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { startApplication } from './application.js';
import { report } from './report.js';
import { clock, longestBlock } from './watch.js';

const [redis = '', gateway = '', warmUps = '0'] = process.argv.slice(2);
const application = await startApplication({ redis, host: gateway });
const metrics = application.get(MetricsService);
const push = async (): Promise<void> => {
  const { outcome, reason } = await metrics.push();
  if (outcome !== 'pushed') throw new Error(`${outcome}: ${reason ?? ''}`);
};
await metrics.drain();
for (let done = 0; done < Number(warmUps); done += 1) await push();
const before = process.memoryUsage.rss();
const figures = await clock(push);
const peak = process.resourceUsage().maxRSS * 1024;
const { blockMs } = await longestBlock(push);
await application.close();
report({ ...figures, blockMs, addedMb: Math.max(0, peak - before) / 2 ** 20 });
