/**
 * `node push-ours.js <Redis> <gateway> <warm-ups> <series> [more] [format] [startTimes]`: one push of what Redis holds, after some that are not
 * measured, and some more in a row; and the memory that the first added to a process which had pushed one series before. Fails
 * unless that many series were sent.
 */
import { MetricsService, type PushFormat } from 'nestjs-prometheus-pushgateway';
import { JOB, startApplication, WARM_UP_JOB } from './application.js';
import { report } from './report.js';
import { clock, longestBlock, withMoreOnEnd } from './watch.js';

const [redis = '', gateway = '', warmUpCount, seriesCount, moreCount, format, startTimes] = process.argv.slice(2);
const [warmUps, expected, more] = [Number(warmUpCount), Number(seriesCount), Number(moreCount ?? 0)];
const application = await startApplication(
  { redis, host: gateway, ...(format !== undefined && { format: format as PushFormat }) },
  startTimes === undefined ? {} : { startTimes: startTimes === 'true' },
);
const metrics = application.get(MetricsService);
const pushOf = async (job: string, count: number): Promise<void> => {
  const { outcome, series, reason } = await metrics.push(job);
  if (outcome !== 'pushed') throw new Error(`${outcome}: ${reason ?? ''}`);
  if (series !== count) throw new Error(`Expected a push of ${count} series, got one of ${series}`);
};
const push = () => pushOf(JOB, expected);
metrics.counter({ name: 'warm_ups_total', help: 'Warm-ups', jobs: [WARM_UP_JOB] }).inc();
await pushOf(WARM_UP_JOB, 1);
for (let done = 0; done < warmUps; done += 1) await push();
const before = process.memoryUsage.rss();
const first = await clock(push);
const peak = process.resourceUsage().maxRSS * 1024;
const { blockMs } = await longestBlock(push);
const figures = await withMoreOnEnd(first, more, push);
await application.close();
report({ ...figures, blockMs, addedMb: Math.max(0, peak - before) / 2 ** 20 });
