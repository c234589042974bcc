import type { MetricFamily } from '../../model/index.js';
import { counter, gauge, type Part } from './part.js';

const MICROSECONDS = 1e6;

/** Since when the process runs, what it has used of the processor since then, and which Node it is. */
export function life(): Part {
  const startedAt = Math.round(Date.now() / 1_000 - process.uptime());
  const [major, minor, patch] = process.version.slice(1).split('.') as [string, string, string];
  const version: MetricFamily = {
    name: 'nodejs_version_info',
    help: 'Node.js version info.',
    type: 'gauge',
    values: [
      { metricName: 'nodejs_version_info', labels: { version: process.version, major, minor, patch }, value: 1 },
    ],
  };
  return {
    read: (): readonly MetricFamily[] => {
      const { user, system } = process.cpuUsage();
      const seconds = (microseconds: number): number => microseconds / MICROSECONDS;
      return [
        counter('process_cpu_user_seconds_total', 'Total user CPU time spent in seconds.', seconds(user)),
        counter('process_cpu_system_seconds_total', 'Total system CPU time spent in seconds.', seconds(system)),
        counter(
          'process_cpu_seconds_total',
          'Total user and system CPU time spent in seconds.',
          seconds(user + system),
        ),
        gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', startedAt),
        version,
      ];
    },
  };
}
