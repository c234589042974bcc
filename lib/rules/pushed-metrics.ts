import { MetricClashError } from '../errors/index.js';
import type { ResolvedDefinition } from '../model/index.js';

/** What is known of a job. */
export interface KnownJob {
  readonly job: string;
  readonly definitions: readonly ResolvedDefinition[];
}

/** A metric and the jobs that push it. */
export interface PushedMetric {
  readonly definition: ResolvedDefinition;
  readonly jobs: readonly string[];
}

/**
 * Each metric once, with all jobs that push it, by name.
 * @throws MetricClashError for a name that is of two types.
 */
export function pushedMetrics(known: readonly KnownJob[]): PushedMetric[] {
  const metrics = new Map<string, { definition: ResolvedDefinition; jobs: [string, ...string[]] }>();
  for (const { job, definitions } of known) {
    for (const definition of definitions) {
      const same = metrics.get(definition.name);
      if (same === undefined) metrics.set(definition.name, { definition, jobs: [job] });
      else if (same.definition.type === definition.type) same.jobs.push(job);
      else {
        throw new MetricClashError(
          `Metric "${definition.name}" is a ${same.definition.type} of job "${same.jobs[0]}" and a ${definition.type} ` +
            `of job "${job}": gateways refuse that; rename one of them`,
        );
      }
    }
  }
  return [...metrics.values()].sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
}
