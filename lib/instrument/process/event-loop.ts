import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { MetricFamily } from '../../model/index.js';
import { gauge, type Part } from './part.js';

/** How exact delays are, as with prom-client. */
const RESOLUTION_MS = 10;
const NS = 1e9;

/** How late the event loop is, and how busy, since it was read last. */
export function eventLoop(): Part {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let lastUse = performance.eventLoopUtilization();

  return {
    async read(): Promise<readonly MetricFamily[]> {
      const lag = await lagNow();
      // What has blocked the loop until just now is measured by a timer, which is due before this one.
      await wait(0);
      const use = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(use, lastUse);
      lastUse = use;
      // Before the first delay there is no mean.
      const seconds = (ns: number): number | undefined => (delays.count > 0 ? ns / NS : undefined);
      const families = [
        gauge('nodejs_eventloop_lag_seconds', 'Lag of event loop in seconds.', lag),
        gauge('nodejs_eventloop_lag_min_seconds', 'The minimum recorded event loop delay.', seconds(delays.min)),
        gauge('nodejs_eventloop_lag_max_seconds', 'The maximum recorded event loop delay.', seconds(delays.max)),
        gauge('nodejs_eventloop_lag_mean_seconds', 'The mean of the recorded event loop delays.', seconds(delays.mean)),
        gauge(
          'nodejs_eventloop_lag_stddev_seconds',
          'The standard deviation of the recorded event loop delays.',
          seconds(delays.stddev),
        ),
        ...[50, 90, 99].map((rank) =>
          gauge(
            `nodejs_eventloop_lag_p${rank}_seconds`,
            `The ${rank}th percentile of the recorded event loop delays.`,
            seconds(delays.percentile(rank)),
          ),
        ),
        gauge('nodejs_eventloop_utilization', 'Part of the time that the event loop was busy, 0 to 1.', utilization),
      ];
      delays.reset();
      return families;
    },
    stop() {
      delays.disable();
    },
  };
}

/** Seconds until it is the turn of what is to run at once. */
function lagNow(): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve) => {
    setImmediate(() => {
      resolve((performance.now() - begun) / 1_000);
    });
  });
}
