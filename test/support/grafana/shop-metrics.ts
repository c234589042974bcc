import { NestFactory } from '@nestjs/core';
import type { MetricDefinition, ResolvedDefinition } from '../../../lib/model/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../../../lib/options/index.js';
import { GroupReader } from '../../../lib/push/index.js';
import type { KnownJob } from '../../../lib/rules/index.js';

/** All metrics of the sample application, of which nothing is pushed. */
export async function shopMetrics(): Promise<KnownJob[]> {
  Object.assign(process.env, { PUSHGATEWAY_REDIS: 'memory', PUSHGATEWAY_AUTO_PUSH: 'false' });
  const { AppModule } = await import('../../../sample-app/app.module.js');
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.init();
  try {
    const reader = app.get(GroupReader, { strict: false });
    const { jobs } = app.get<ResolvedOptions>(RESOLVED_OPTIONS, { strict: false });
    return await Promise.all(jobs.map(async (job) => ({ job, definitions: await reader.definitions(job) })));
  } finally {
    await app.close();
  }
}

/** The definition that resolves to this one. */
export function declared(definition: ResolvedDefinition, jobs: readonly string[]): MetricDefinition {
  const { name, help, type, unit, labelNames, buckets, native, quantiles, maxAgeSeconds, aggregation } = definition;
  const { schema = 0, ...bounds } = native ?? {};
  return {
    ...{ name, help, type, labelNames, jobs },
    ...(unit !== undefined && { unit }),
    ...(aggregation && { aggregation }),
    ...(native && { native: { ...bounds, growthFactor: 2 ** (2 ** -schema) } }),
    ...(type === 'histogram' && { buckets }),
    ...(type === 'summary' && { quantiles, maxAgeSeconds }),
  };
}
