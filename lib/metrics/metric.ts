import type { FamilyBuffer } from '../buffer/index.js';
import { LabelError } from '../errors/index.js';
import {
  canonicalLabels,
  type LabelValues,
  type MetricFamily,
  type ResolvedDefinition,
  type WithoutLabels,
} from '../model/index.js';
import { checkedLabelValues } from './check-labels.js';
import type { CountedSeries } from './counted-series.js';
import { type ChildSource, LabelTree } from './label-tree.js';
import { type MetricLimits, OVERFLOW_LABELS, SeriesLimit } from './metric-limits.js';
import type { MetricReader } from './metric-reader.js';

/** What a handle works with: its definition, one buffer per job, and a way to read values back. */
export interface MetricContext {
  readonly definition: ResolvedDefinition;
  /** The jobs that push the metric. */
  readonly jobs: readonly [string, ...string[]];
  /** The family's buffer for each of {@link jobs}. */
  readonly families: readonly [FamilyBuffer, ...FamilyBuffer[]];
  readonly reader: MetricReader;
  readonly limits: MetricLimits;
}

/** Most metrics have one job. */
const NO_OTHERS: readonly never[] = [];

/** What the handles of all four types have in common. */
export abstract class Metric<Label extends string, Child extends object> {
  readonly #context: MetricContext;
  readonly #tree: LabelTree<Child & CountedSeries>;
  readonly #only: (Child & CountedSeries) | undefined;
  #overflow: (Child & CountedSeries) | undefined;

  /** @internal A handle comes from MetricsService. */
  constructor(context: MetricContext) {
    this.#context = context;
    const { limits } = context;
    const { name, labelNames } = context.definition;
    const source: ChildSource<Child & CountedSeries> = {
      create: (values) => this.#create(values),
      overflow: () => (this.#overflow ??= this.#createFor(OVERFLOW_LABELS)),
    };
    this.#tree = new LabelTree(name, labelNames, source, new SeriesLimit(context.definition, limits, context.jobs));
    if (labelNames.length === 0) {
      this.#only = this.#create([]);
      allOf(this.#only).forEach((series, at) => {
        (context.families[at] as FamilyBuffer).keepPresent(series);
      });
    }
  }

  /** With its namespace. */
  get name(): string {
    return this.#context.definition.name;
  }

  /** What it measures, for people. */
  get help(): string {
    return this.#context.definition.help;
  }

  /**
   * The child of a label set, given as values in the order of `labelNames`. Keep it where a series changes often: that saves
   * looking it up.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  labels(...values: (string | number)[]): Child;
  /**
   * The child of a label set, given as an object. Keep it where a series changes often: that saves looking it up.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  labels(labels: LabelValues<Label>): Child;
  labels(...given: readonly unknown[]): Child {
    return this.childOf(this.#asObject(given) as LabelValues<Label>);
  }

  /**
   * Makes a series exist before its first event: at 0 if it is new, unchanged if another process made it. (prom-client
   * would set it back to 0; here the values are shared.)
   */
  zero(this: WithoutLabels<Label>): void;
  /**
   * Makes the series with these labels exist before its first event: at 0 if it is new, unchanged if another process made it.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  zero(labels: LabelValues<Label>): void;
  zero(labels?: LabelValues<Label>): void {
    for (const series of allOf(this.childOf(labels))) series.change();
  }

  /**
   * Removes one series, for all replicas; label values are given in the order of `labelNames`. It returns with its next change. Of a gauge
   * with `aggregation` what this process has of it.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  remove(...values: (string | number)[]): void;
  /**
   * Removes the series with these labels, for all replicas. It returns with its next change. Of a gauge with `aggregation` what this
   * process has of it.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  remove(labels: LabelValues<Label>): void;
  remove(...given: readonly unknown[]): void {
    const labels = this.#asObject(given) as LabelValues<Label>;
    const { name, labelNames } = this.#context.definition;
    const child = this.#tree.remove(labels) ?? this.#only ?? this.#create(checkedLabelValues(name, labelNames, labels));
    for (const series of allOf(child)) series.remove();
  }

  /**
   * Removes all series, for all replicas. Without labels, the metric goes on at 0. Of a gauge with `aggregation` the values of this process,
   * which goes on with its next change.
   */
  reset(): void {
    this.#tree.clear();
    for (const family of this.#context.families) family.reset();
  }

  /**
   * The values of all replicas, with what this process has counted until now, under the metric's first job.
   * @throws StoreUnavailableError if Redis does not answer.
   */
  get(): Promise<MetricFamily> {
    return this.#context.reader.family(this.#context.jobs[0], this.#context.definition);
  }

  /** @param others The same series in the metric's other jobs, likewise created. */
  protected abstract createSeries(
    labels: string,
    family: FamilyBuffer,
    others: readonly (Child & CountedSeries)[],
  ): Child & CountedSeries;

  /** @throws LabelError unless exactly the labels of the definition are given. */
  protected childOf(labels: LabelValues<Label> | undefined): Child & CountedSeries {
    if (this.#only !== undefined && labels === undefined) return this.#only;
    if (labels === undefined) return this.#tree.find({});
    const child = this.#tree.find(labels);
    return this.#only ?? child;
  }

  #create(values: readonly string[]): Child & CountedSeries {
    return this.#createFor(canonicalLabels(this.#context.definition.labelNames, values));
  }

  #createFor(labels: string): Child & CountedSeries {
    const [first, ...rest] = this.#context.families;
    const others = rest.map((family) => this.createSeries(labels, family, NO_OTHERS));
    return this.createSeries(labels, first, others.length > 0 ? others : NO_OTHERS);
  }

  #asObject(given: readonly unknown[]): Record<string, unknown> {
    const [first] = given;
    if (given.length === 1 && typeof first === 'object' && first !== null) return first as Record<string, unknown>;
    const { name, labelNames } = this.#context.definition;
    if (given.length !== labelNames.length) {
      throw new LabelError(
        `Metric "${name}" takes ${labelNames.length} label values (${labelNames.join(', ')}), got ${given.length}`,
      );
    }
    return Object.fromEntries(labelNames.map((label, at) => [label, given[at]]));
  }
}

/** A child and its like in the metric's other jobs, in the order of the jobs. */
function allOf(child: CountedSeries): CountedSeries[] {
  return [child, ...child.others];
}

/** Tells the two first arguments of a verb apart. JavaScript may pass null, which is neither. */
export function isLabelSet<Labels extends object>(given: Labels | number | undefined): given is Labels {
  return typeof given === 'object' && (given as Labels | null) !== null;
}
