import type { FamilyBuffer, UpdateBuffers } from '../buffer/index.js';
import { MetricClashError, MetricDefinitionError, UnknownJobError } from '../errors/index.js';
import {
  definitionShape,
  resolveCollect,
  resolveDefinition,
  type MetricDefinition,
  type ResolvedCollect,
  type ResolvedDefinition,
} from '../model/index.js';
import { Counter } from './counter.js';
import { Gauge } from './gauge.js';
import { Histogram } from './histogram.js';
import type { MetricContext } from './metric.js';
import type { MetricLimits } from './metric-limits.js';
import type { MetricReader } from './metric-reader.js';
import { OpenMetric } from './open-metric.js';
import { Summary } from './summary.js';

/** The handle of each type, as `MetricsService.define` returns it. */
export interface Handles<Label extends string = string> {
  counter: Counter<Label>;
  gauge: Gauge<Label>;
  histogram: Histogram<Label>;
  summary: Summary<Label>;
}

/** Told of a metric that is read before pushes. */
export type OnCollect = (
  handle: Handles[keyof Handles],
  collect: ResolvedCollect,
  jobs: readonly [string, ...string[]],
) => void;

interface Entry {
  readonly context: MetricContext;
  readonly handle: Handles[keyof Handles] | OpenMetric;
  /** Who has defined it, for people. */
  readonly by: string | undefined;
  /** How it is read before pushes. Absent: nobody reads it. */
  collect?: ResolvedCollect;
}

const CONSTRUCTORS: { readonly [Type in keyof Handles]: new (context: MetricContext) => Handles[Type] } = {
  counter: Counter,
  gauge: Gauge,
  histogram: Histogram,
  summary: Summary,
};

/** The metrics this process has defined, each once. */
export class MetricRegistry {
  readonly #entries = new Map<string, Entry>();

  constructor(
    private readonly jobs: readonly [string, ...string[]],
    private readonly buffers: UpdateBuffers,
    private readonly reader: MetricReader,
    private readonly limits: MetricLimits,
    private readonly exemplarSource?: () => string | undefined,
    private readonly onCollect?: OnCollect,
  ) {}

  /**
   * The handle of a metric; defined at the first call.
   * @throws MetricDefinitionError for a definition that Prometheus or a gateway would refuse, and for one too many.
   * @throws MetricClashError if the name is taken by another definition.
   * @throws UnknownJobError for a job that is not configured.
   */
  getOrCreate<Label extends string, Type extends keyof Handles>(
    definition: MetricDefinition<Label> & { type: Type },
    by?: string,
  ): Handles<Label>[Type] {
    const resolved = resolveDefinition(definition, this.limits);
    const collect = resolveCollect(definition, resolved);
    const jobs = this.#jobsOf(definition, resolved.name);
    const existing = this.#entries.get(resolved.name);
    if (existing) {
      refuseOtherMeaning(existing, resolved, jobs, by);
      if (collect) this.#collect(existing, collect, by);
      return existing.handle as Handles<Label>[Type];
    }
    const context = this.#contextOf(resolved, jobs);
    const handle = new CONSTRUCTORS[definition.type](context);
    const entry: Entry = { context, handle, by };
    this.#entries.set(resolved.name, entry);
    if (collect) this.#collect(entry, collect, by);
    return handle as unknown as Handles<Label>[Type];
  }

  /**
   * A metric that is measured elsewhere, in one job; made at the first call. Labels of its definition are only for people.
   * @throws as {@link getOrCreate}
   */
  open(definition: MetricDefinition, by: string): OpenMetric {
    const resolved = resolveDefinition(definition);
    const jobs = this.#jobsOf(definition, resolved.name);
    const existing = this.#entries.get(resolved.name);
    if (existing) {
      const { labelNames } = existing.context.definition;
      refuseOtherMeaning(existing, { ...resolved, labelNames }, jobs, by, true);
      return existing.handle as OpenMetric;
    }
    const context = this.#contextOf(resolved, jobs);
    const handle = new OpenMetric(context);
    this.#entries.set(resolved.name, { context, handle, by });
    return handle;
  }

  /** @throws as {@link getOrCreate} */
  #contextOf(resolved: ResolvedDefinition, jobs: readonly [string, ...string[]]): MetricContext {
    this.#refuseGroupingLabels(resolved);
    this.#refuseSuffixClash(resolved);
    this.#refuseOneTooMany(resolved);
    const familyOf = (job: string): FamilyBuffer => {
      const family = this.buffers.of(job).family(resolved);
      if (this.exemplarSource) family.exemplars.source = this.exemplarSource;
      return family;
    };
    const [first, ...others] = jobs;
    const families = [familyOf(first), ...others.map(familyOf)] as const;
    return { definition: resolved, jobs, families, reader: this.reader, limits: this.limits };
  }

  /** @throws MetricClashError if another function collects it already. */
  #collect(entry: Entry, collect: ResolvedCollect, by: string | undefined): void {
    const { context } = entry;
    const handle = entry.handle as Handles[keyof Handles];
    if (entry.collect !== undefined && entry.collect.collect !== collect.collect) {
      throw new MetricClashError(
        `Metric "${handle.name}" is already collected by another function${naming(entry.by)}${naming(by)}: give one "collect"`,
      );
    }
    if (entry.collect !== undefined) return;
    entry.collect = collect;
    this.onCollect?.(handle, collect, context.jobs);
  }

  #jobsOf({ jobs }: MetricDefinition, name: string): [string, ...string[]] {
    if (jobs === undefined) return [this.jobs[0]];
    const [first, ...others] = new Set(jobs);
    if (first === undefined) throw new MetricDefinitionError(`Invalid jobs of metric "${name}": expected at least one`);
    for (const job of [first, ...others]) if (!this.jobs.includes(job)) throw new UnknownJobError(job, this.jobs);
    return [first, ...others];
  }

  /** A gateway would overwrite them, and series that differ in them alone would become one, which it refuses. */
  #refuseGroupingLabels({ name, labelNames }: ResolvedDefinition): void {
    const taken = labelNames.find((label) => Object.hasOwn(this.limits.groupingLabels, label));
    if (taken === undefined) return;
    throw new MetricDefinitionError(
      `Invalid labelNames of metric "${name}": expected none of pushgateway.groupingLabels, got "${taken}"`,
    );
  }

  /** Names made from data would otherwise grow without end. */
  #refuseOneTooMany({ name }: ResolvedDefinition): void {
    const { maxMetrics } = this.limits;
    if (this.#entries.size < maxMetrics) return;
    throw new MetricDefinitionError(
      `Metric "${name}" is one too many: expected at most ${maxMetrics} metric definitions (maxMetrics). ` +
        'What varies belongs in a label, not in a name',
    );
  }

  /** A gateway refuses a family `x_count` beside a histogram `x`, whose own lines bear that name. */
  #refuseSuffixClash({ name, type }: ResolvedDefinition): void {
    for (const { context } of this.#entries.values()) {
      const other = context.definition;
      const [owner, taken] = suffixesOf(other.type).some((suffix) => other.name + suffix === name)
        ? [other.name, name]
        : suffixesOf(type).some((suffix) => name + suffix === other.name)
          ? [name, other.name]
          : [];
      if (owner !== undefined) {
        throw new MetricClashError(
          `Metric "${taken}" bears the name of a line of metric "${owner}": rename one of them`,
        );
      }
    }
  }
}

function suffixesOf(type: MetricDefinition['type']): readonly string[] {
  if (type === 'histogram') return ['_bucket', '_sum', '_count'];
  if (type === 'summary') return ['_sum', '_count'];
  return [];
}

function refuseOtherMeaning(
  { context: known, by: earlier, handle }: Entry,
  definition: ResolvedDefinition,
  jobs: readonly string[],
  now: string | undefined,
  isOpen = false,
): void {
  const aspects: [was: string, is: string][] = [
    [measuring(handle instanceof OpenMetric), measuring(isOpen)],
    [definitionShape(known.definition), definitionShape(definition)],
    [labelling(known.definition), labelling(definition)],
    [`of job ${[...known.jobs].sort().join(', ')}`, `of job ${[...jobs].sort().join(', ')}`],
  ];
  for (const [was, is] of aspects) {
    if (was !== is) {
      throw new MetricClashError(
        `Metric "${definition.name}" is already defined as ${was}${naming(earlier)}, now as ${is}${naming(now)}: rename one of them`,
      );
    }
  }
}

function naming(by: string | undefined): string {
  return by === undefined ? '' : ` (by ${by})`;
}

function measuring(isOpen: boolean): string {
  return isOpen ? 'measured elsewhere' : 'counted by a handle';
}

function labelling({ labelNames }: ResolvedDefinition): string {
  return labelNames.length > 0 ? `labelled ${labelNames.join(', ')}` : 'without labels';
}
