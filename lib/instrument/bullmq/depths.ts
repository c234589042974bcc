import type { Gauge, MetricsService } from '../../metrics/index.js';
import type { BullApplication } from './application.js';
import type { BullQueue } from './shapes.js';

/**
 * Shows how many jobs queues have in which state, read by one of the processes that have queues. It has the name and the labels of BullMQ's own export
 * for Prometheus.
 * @throws MetricClashError
 */
export function measureDepths(metrics: MetricsService, application: BullApplication): void {
  metrics.gauge<string>({
    name: 'bullmq_job_count',
    help: 'Number of jobs in the queue by state',
    labelNames: ['queue', 'state'],
    collectBy: 'one',
    collect: async (gauge: Gauge) => {
      const queues = application.queues();
      const names = [...new Set(queues.map(({ name }) => name))];
      const read = await Promise.allSettled(
        names.map((name) =>
          show(
            gauge,
            name,
            queues.filter((queue) => queue.name === name),
          ),
        ),
      );
      const failed = read.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
  });
}

/** Queues of one name, with other prefixes or on other servers, are added up, as their jobs are. */
async function show(gauge: Gauge, queue: string, queues: readonly BullQueue[]): Promise<void> {
  const counts = await Promise.all(queues.map((each) => each.getJobCounts()));
  for (const state of new Set(counts.flatMap((each) => Object.keys(each)))) {
    gauge.set(
      { queue, state },
      counts.reduce((sum, each) => sum + (each[state] ?? 0), 0),
    );
  }
}
