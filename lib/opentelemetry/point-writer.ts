import { PackageLogger } from '../log/package-logger.js';
import type { MetricsService, OpenMetric } from '../metrics/index.js';
import type { MetricDefinition } from '../model/index.js';
import { labelsOf, scopeLabels } from './labels.js';
import { type Kind, metricName } from './names.js';
import { nativeCounts } from './native-counts.js';
import { jobOf } from './place.js';
import * as sdk from './shapes.js';

/** The finest schema there is: a point of any scale keeps its resolution, as far as its buckets are few enough. */
const FINEST = 1.0027;
const TAKEN: readonly string[] = ['job', 'instance'];

export interface WriterPlace {
  readonly metrics: MetricsService;
  readonly jobs: readonly string[];
  /** Names of grouping labels, which a gateway puts over those of every series. */
  readonly groupingLabels: readonly string[];
  readonly hasScopeLabels: boolean;
}

type Point = sdk.MetricData['dataPoints'][number];

/** Adds what the SDK has collected to the metrics of the application: all of it at once, in this turn of the loop. */
export class PointWriter {
  readonly #logger = new PackageLogger();
  /** What was refused. The log has said so. */
  readonly #refused = new Set<string>();
  readonly #taken: ReadonlySet<string>;

  constructor(private readonly place: WriterPlace) {
    this.#taken = new Set([...TAKEN, ...place.groupingLabels]);
  }

  /** What cannot be counted is left out and said once: nobody gains by having it again. */
  write({ resource, scopeMetrics }: sdk.ResourceMetrics): void {
    const job = this.#jobOf(resource);
    for (const { scope, metrics } of scopeMetrics) {
      const shared = this.place.hasScopeLabels ? scopeLabels(scope) : {};
      for (const metric of metrics) {
        if (metric.dataPoints.length === 0) continue;
        try {
          this.#write(metric, shared, job);
        } catch (error) {
          this.#refuse(metric, (error as Error).message);
        }
      }
    }
  }

  #write(metric: sdk.MetricData, shared: Record<string, string>, job: string): void {
    const kind = kindOf(metric);
    const isAdded = kind === 'counter' || kind === 'histogram';
    if (isAdded && metric.aggregationTemporality !== sdk.DELTA) {
      throw new Error('expected delta temporality: what has been counted before would be counted again');
    }
    if (kind === 'sum' && metric.aggregationTemporality === sdk.DELTA) {
      throw new Error('expected cumulative temporality: of what goes up and down each process tells what it has');
    }
    const taken = kind === 'histogram' ? new Set([...this.#taken, 'le']) : this.#taken;
    const points = metric.dataPoints.map((point: Point) => ({
      labels: { ...labelsOf(point.attributes, taken), ...shared },
      value: point.value,
    }));
    const names = new Set(points.flatMap(({ labels }) => Object.keys(labels)));
    const open = this.place.metrics.open(
      { ...definitionOf(metric, kind), labelNames: [...names], jobs: [job] },
      'OpenTelemetry',
    );
    for (const { labels, value } of kind === 'sum' ? addedUp(points) : points) {
      const fault = addPoint(open, kind, labels, value);
      if (fault !== undefined) this.#refuse(metric, fault);
    }
  }

  /** Of the resource, if that is configured: a job has its buffer from the start. */
  #jobOf(resource: sdk.Resource): string {
    const job = jobOf(resource);
    const { jobs } = this.place;
    return jobs.includes(job) ? job : (jobs[0] as string);
  }

  #refuse({ descriptor: { name } }: sdk.MetricData, why: string): void {
    const what = `Metric "${name}" of OpenTelemetry is not counted: ${why}`;
    if (this.#refused.has(what)) return;
    this.#refused.add(what);
    this.#logger.warn(what);
  }
}

interface LabelledPoint {
  readonly labels: Record<string, string>;
  readonly value: Point['value'];
}

/** Attribute sets that are one label set are one series, whose value is what they have together. */
function addedUp(points: readonly LabelledPoint[]): LabelledPoint[] {
  const sums = new Map<string, LabelledPoint>();
  for (const { labels, value } of points) {
    const series = JSON.stringify(Object.entries(labels).sort());
    const before = (sums.get(series)?.value ?? 0) as number;
    sums.set(series, { labels, value: before + (value as number) });
  }
  return [...sums.values()];
}

function kindOf(metric: sdk.MetricData): Kind {
  if (metric.dataPointType === sdk.GAUGE) return 'gauge';
  if (metric.dataPointType === sdk.SUM) return metric.isMonotonic ? 'counter' : 'sum';
  return 'histogram';
}

function definitionOf(metric: sdk.MetricData, kind: Kind): MetricDefinition {
  const { name, unit, description } = metric.descriptor;
  const common = { name: metricName(name, unit, kind), help: description === '' ? name : description };
  if (metric.dataPointType === sdk.EXPONENTIAL_HISTOGRAM) {
    return { ...common, type: 'histogram', native: { growthFactor: FINEST } };
  }
  if (metric.dataPointType === sdk.HISTOGRAM) {
    const boundaries = metric.dataPoints[0]?.value.buckets.boundaries ?? [];
    return { ...common, type: 'histogram', buckets: boundaries.filter((bound) => bound < Infinity) };
  }
  if (kind === 'counter') return { ...common, type: 'counter' };
  // Of what goes up and down the living processes' values are added up.
  return { ...common, type: 'gauge', ...(kind === 'sum' && { aggregation: 'sum' as const }) };
}

/** Why a point cannot be counted; undefined if it was. */
function addPoint(
  open: OpenMetric,
  kind: Kind,
  labels: Record<string, string>,
  value: Point['value'],
): string | undefined {
  if (typeof value === 'number') {
    if (kind !== 'counter') open.set(labels, value);
    else if (value >= 0 && value < Infinity) open.add(labels, value);
    else return `expected steps that are finite and not below 0, got ${value}`;
    return undefined;
  }
  const { sum = 0 } = value;
  if (!Number.isFinite(sum)) return `expected a finite sum, got ${sum}`;
  if ('buckets' in value) {
    open.observe(labels, { counts: value.buckets.counts, sum });
    return undefined;
  }
  const native = nativeCounts(value);
  if (native === undefined) return `expected a scale of at least -4, got ${value.scale}`;
  open.observe(labels, { counts: [value.count], sum, native });
  return undefined;
}
