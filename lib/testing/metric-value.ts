import type { INestApplicationContext } from '@nestjs/common';
import { canonicalLabels, type MetricFamily, type ResolvedDefinition, type Sample } from '../model/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import { GroupReader } from '../push/index.js';
import { modulesIn } from './modules-in.js';

/** Values of labels by name; numbers as the text has them. */
export type Labels = Readonly<Record<string, string | number>>;

/** What a histogram or summary has observed. */
export interface Distribution {
  /** Observations. */
  readonly count: number;
  /** What they add up to. */
  readonly sum: number;
  /** Of a histogram: observations up to each bound, by `le`, `'+Inf'` included. */
  readonly buckets?: Readonly<Record<string, number>>;
  /** Of a summary: the value at each quantile, by its rank. */
  readonly quantiles?: Readonly<Record<string, number>>;
}

/** A metric as one job has it. */
export interface FoundMetric {
  readonly definition: ResolvedDefinition;
  readonly family: MetricFamily;
}

/**
 * What one series has counted so far; undefined if there is no such series. It works with any store: what waits is stored first.
 * @param app A testing module, or an application.
 * @param name With its namespace, as Prometheus shows it.
 * @param labels All labels of the series. Default: it has none.
 * @throws Error if no metric of that name is defined
 */
export async function metricValue(
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
  labels: Labels = {},
): Promise<number | Distribution | undefined> {
  const found = await findMetric(app, name);
  if (!('family' in found)) throw new Error(noMetric(name, found.names));
  return valueIn(found, labels);
}

/** The first job that has it is asked: it counts the same in all its jobs. */
export async function findMetric(
  app: Pick<INestApplicationContext, 'get'>,
  name: string,
): Promise<FoundMetric | { readonly names: readonly string[] }> {
  const names: string[] = [];
  const all = modulesIn(app).flatMap((find) => {
    const reader = find(GroupReader);
    return find<ResolvedOptions>(RESOLVED_OPTIONS).jobs.map((job) => ({ job, reader }));
  });
  for (const { job, reader } of all) {
    for (const definition of await reader.definitions(job)) {
      if (definition.name === name) return { definition, family: await reader.family(job, definition) };
      names.push(definition.name);
    }
  }
  return { names };
}

export function valueIn({ definition, family }: FoundMetric, labels: Labels): number | Distribution | undefined {
  const { name, type } = definition;
  const own = identityOf(labels);
  const samples = family.values.filter(({ labels: { le: _, quantile: __, ...others } }) => identityOf(others) === own);
  if (samples.length === 0) return undefined;
  if (type === 'counter' || type === 'gauge') return samples[0]?.value;
  const value = (suffix: string): number => samples.find(({ metricName }) => metricName === name + suffix)?.value ?? 0;
  const by = (label: string, suffix: string): Record<string, number> =>
    Object.fromEntries(
      samples
        .filter(({ metricName }) => metricName === name + suffix)
        .map((sample: Sample) => [sample.labels[label] as string, sample.value]),
    );
  const detail = type === 'histogram' ? { buckets: by('le', '_bucket') } : { quantiles: by('quantile', '') };
  return { count: value('_count'), sum: value('_sum'), ...detail };
}

export function identityOf(labels: Labels): string {
  const names = Object.keys(labels);
  return canonicalLabels(
    names,
    names.map((name) => String(labels[name])),
  );
}

export function noMetric(name: string, names: readonly string[], hint = ''): string {
  const all = names.length === 0 ? 'none is' : `these are: ${[...new Set(names)].sort().join(', ')}`;
  return `No metric "${name}" is defined${hint}; ${all}`;
}
