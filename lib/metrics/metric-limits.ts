import { PackageLogger } from '../log/package-logger.js';

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
}

/** Label set of the series that takes what a metric's limits keep from having a series of its own. */
export const OVERFLOW_LABELS = 'overflow="true"';

/** Says once per metric that a limit was reached, whatever goes to its overflow series afterwards. */
export class OverflowWarning {
  readonly #logger = new PackageLogger();
  #isGiven = false;

  constructor(
    private readonly metric: string,
    private readonly limits: MetricLimits,
  ) {}

  tooManySeries(): void {
    this.#warn(`more than ${this.limits.maxSeriesPerMetric} label sets in this process (maxSeriesPerMetric)`);
  }

  /** The value itself may hold anything: only its length is told. */
  tooLong(label: string, length: number): void {
    const limit = this.limits.maxLabelValueLength;
    this.#warn(`a value of label "${label}" of ${length} characters, more than ${limit} (maxLabelValueLength)`);
  }

  #warn(reason: string): void {
    if (this.#isGiven) return;
    this.#isGiven = true;
    this.#logger.warn(
      `Metric "${this.metric}" got ${reason}: what does not fit is counted in its series {${OVERFLOW_LABELS}}`,
    );
  }
}
