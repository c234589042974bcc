import type { HistogramAccumulator, NumberAccumulator, SummaryAccumulator } from '../buffer/index.js';
import { MetricValueError } from '../errors/index.js';

/** One series of a counter. A metric of several jobs counts for each of them. */
export class CounterChild {
  constructor(
    private readonly metric: string,
    readonly accumulators: readonly NumberAccumulator[],
  ) {}

  /**
   * Adds `value`, by default 1.
   * @throws MetricValueError if it is negative or not a finite number.
   */
  inc(value = 1): void {
    if (typeof value !== 'number' || !(value >= 0 && value < Infinity)) throw invalidIncrement(this.metric, value);
    for (const accumulator of this.accumulators) accumulator.add(value);
  }
}

/** One series of a gauge. */
export class GaugeChild {
  constructor(
    private readonly metric: string,
    readonly accumulators: readonly NumberAccumulator[],
  ) {}

  /** @throws MetricValueError if `value` is not a number; NaN and the infinities are. */
  set(value: number): void {
    if (typeof value !== 'number') throw invalidValue(this.metric, value, 'a number');
    for (const accumulator of this.accumulators) accumulator.set(value);
  }

  /** @throws MetricValueError if `value` is not a finite number. */
  inc(value = 1): void {
    if (!Number.isFinite(value)) throw invalidValue(this.metric, value, 'a finite number');
    for (const accumulator of this.accumulators) accumulator.add(value);
  }

  /** @throws MetricValueError if `value` is not a finite number. */
  dec(value = 1): void {
    if (!Number.isFinite(value)) throw invalidValue(this.metric, value, 'a finite number');
    for (const accumulator of this.accumulators) accumulator.add(-value);
  }

  /** Sets the current Unix time in seconds. */
  setToCurrentTime(): void {
    this.set(Date.now() / 1000);
  }

  /** The returned function sets the seconds since this call, and returns them. */
  startTimer(): () => number {
    const elapsed = stopwatch();
    return () => {
      const seconds = elapsed();
      this.set(seconds);
      return seconds;
    };
  }
}

/** One child of a histogram or summary. */
export class ObserverChild<Observer extends HistogramAccumulator | SummaryAccumulator> {
  constructor(
    private readonly metric: string,
    readonly accumulators: readonly Observer[],
  ) {}

  /** @throws MetricValueError if `value` is not a finite number. */
  observe(value: number): void {
    if (!Number.isFinite(value)) throw invalidValue(this.metric, value, 'a finite number');
    for (const accumulator of this.accumulators) accumulator.observe(value);
  }

  /** The returned function observes the seconds since this call, and returns them. */
  startTimer(): () => number {
    const elapsed = stopwatch();
    return () => {
      const seconds = elapsed();
      this.observe(seconds);
      return seconds;
    };
  }
}

/** Seconds since the call, by the monotonic clock. */
export function stopwatch(): () => number {
  const begun = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - begun) / 1e9;
}

function invalidIncrement(metric: string, value: unknown): MetricValueError {
  if (typeof value === 'number' && value < 0) {
    return new MetricValueError(`Counter "${metric}" cannot go down: expected a number >= 0, got ${value}`);
  }
  return invalidValue(metric, value, 'a finite number');
}

function invalidValue(metric: string, value: unknown, expected: string): MetricValueError {
  const got = typeof value === 'number' ? String(value) : describe(value);
  return new MetricValueError(`Invalid value for metric "${metric}": expected ${expected}, got ${got}`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'string' ? `the string ${JSON.stringify(value)}` : `a value of type ${typeof value}`;
}
