import type { EventOptions } from './event-exemplar.js';

/** One series of a counter. A metric of several jobs counts for each of them. */
export interface CounterChild {
  /**
   * Adds `value`, by default 1.
   * @param event Its exemplar. Default: it has none.
   * @throws MetricValueError if it is negative or not a finite number.
   */
  inc(value?: number, event?: EventOptions): void;
}

/** One series of a gauge. */
export interface GaugeChild {
  /** @throws MetricValueError if `value` is not a number. NaN and infinities are allowed. */
  set(value: number): void;

  /**
   * Adds `value`, by default 1.
   * @throws MetricValueError if `value` is not a finite number.
   */
  inc(value?: number): void;

  /**
   * Subtracts `value`, by default 1.
   * @throws MetricValueError if `value` is not a finite number.
   */
  dec(value?: number): void;

  /** Sets the current Unix time in seconds. */
  setToCurrentTime(): void;

  /** The returned function sets the seconds since this call, and returns them. */
  startTimer(): () => number;
}

/** One child of a histogram. */
export interface HistogramChild {
  /**
   * Notes one observation.
   * @param event Its exemplar. Default: it has none.
   * @throws MetricValueError if `value` is not a finite number.
   */
  observe(value: number, event?: EventOptions): void;

  /** The returned function observes the seconds since this call, and returns them. */
  startTimer(): (event?: EventOptions) => number;
}

/** One child of a summary. */
export interface ObserverChild {
  /** @throws MetricValueError if `value` is not a finite number. */
  observe(value: number): void;

  /** The returned function observes the seconds since this call, and returns them. */
  startTimer(): () => number;
}
