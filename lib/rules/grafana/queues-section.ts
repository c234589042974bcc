import { chosen, type Section } from './dashboard.js';
import { lines, number, type Query } from './panels.js';
import { histogramQueries, rate, sumBy } from './promql.js';

/** What `instrument: { bullmq: true }` measures. */
export const JOBS_COMPLETED = 'bullmq_job_completed_total';
export const OF_QUEUES = ['job', 'instance', 'queue'];

/** Jobs of BullMQ: how they end, how long they take and wait, and how many there are. */
export function queues(step: string): Section {
  const of = `{${chosen(OF_QUEUES)}}`;
  const ended = (outcome: string): Query => ({
    expr: sumBy(['queue'], rate(`bullmq_job_${outcome}_total${of}`)),
    legend: `{{queue}} ${outcome}`,
  });
  const failed = { expr: `sum by (queue) (increase(bullmq_job_failed_total${of}[$__range]))`, legend: '{{queue}}' };
  const slow = (name: string, legend: string): Query => ({
    expr: histogramQueries({ name, buckets: [0] }, chosen(OF_QUEUES)).quantile(0.95, ['queue']),
    legend: `{{queue}} ${legend}`,
  });
  // Whoever has the queue shows its depth: a service that adds jobs, another one that works on them. A sum would have them twice.
  const depth = { expr: `max by (queue, state) (bullmq_job_count${of})`, legend: '{{queue}} {{state}}' };
  const attempts: readonly [Query, Query, Query] = [ended('completed'), ended('failed'), ended('retried')];
  const times: readonly [Query, Query] = [
    slow('bullmq_job_duration_seconds', 'took'),
    slow('bullmq_job_wait_seconds', 'waited'),
  ];
  const about = 'So long took, and waited for their first attempt, all but the slowest twentieth.';
  return {
    title: 'Jobs of BullMQ',
    panels: [
      [9, lines({ title: 'Attempts', about: 'Each second, by how they ended.', unit: 'cps', step, queries: attempts })],
      [9, lines({ title: '95 %', about, unit: 's', step, queries: times })],
      [
        6,
        number(
          { title: 'Failed for good', about: 'Jobs in this time.', unit: 'short', queries: [failed] },
          { orange: 1 },
        ),
      ],
      [24, lines({ title: 'Depth', about: 'Jobs in each state.', unit: 'short', step, queries: [depth] })],
    ],
  };
}
