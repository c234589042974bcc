import { PackageLogger } from '../log/package-logger.js';
import type { ResolvedDefinition } from '../model/index.js';

/** Bounds on what one process may define and count, so that a mistake in a label costs neither its memory nor Redis'. */
export interface MetricLimits {
  /** Metric definitions of this process. */
  readonly maxMetrics: number;
  /** Label sets of a metric with a series of their own, in this process. */
  readonly maxSeriesPerMetric: number;
  /** Characters of a label value, as `length` counts them. */
  readonly maxLabelValueLength: number;
  /** Labels that a gateway puts over those of every series. */
  readonly groupingLabels: Readonly<Record<string, string>>;
  /** Whether names may be any UTF-8. Default: false. */
  readonly utf8Names?: boolean;
  /** Told when a metric passes a limit for the first time. Default: nobody. */
  readonly overflowed?: (metric: string, jobs: readonly string[], reason: string) => void;
}

/** Labels of the overflow series: it counts all label sets past a limit. */
export const OVERFLOW_LABELS = 'overflow="true"';

/** Says which new label sets of a metric get a series of their own. Warns when the first one does not, and never again. */
export class SeriesLimit {
  readonly #logger = new PackageLogger();
  #hasWarned = false;

  constructor(
    private readonly metric: Pick<ResolvedDefinition, 'name' | 'labelNames'>,
    private readonly limits: Pick<MetricLimits, 'maxSeriesPerMetric' | 'maxLabelValueLength' | 'overflowed'>,
    private readonly jobs: readonly string[] = [],
  ) {}

  /**
   * Whether a new label set goes to the overflow series.
   * @param values In the order of the definition.
   * @param size How many label sets have a series of their own.
   * @param names Of the labels. Default: those of the definition.
   */
  isPast(values: readonly string[], size: number, names = this.metric.labelNames): boolean {
    const { maxSeriesPerMetric, maxLabelValueLength } = this.limits;
    const long = values.findIndex(({ length }) => length > maxLabelValueLength);
    if (long >= 0) {
      // The value itself may hold anything: only its length is told.
      const { length } = values[long] as string;
      const what = `a value of label "${names[long]}" of ${length} characters`;
      this.#warn(`${what}, more than ${maxLabelValueLength} (maxLabelValueLength)`);
      return true;
    }
    if (size < maxSeriesPerMetric) return false;
    this.#warn(`more than ${maxSeriesPerMetric} label sets in this process (maxSeriesPerMetric)`);
    return true;
  }

  #warn(reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.limits.overflowed?.(this.metric.name, this.jobs, reason);
    this.#logger.warn(
      `Metric "${this.metric.name}" got ${reason}: what does not fit is counted in its series {${OVERFLOW_LABELS}}`,
    );
  }
}
