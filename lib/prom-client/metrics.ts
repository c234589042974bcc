import { timer } from '../metrics/timer.js';
import type { ExemplarLabels } from '../model/index.js';
import {
  type CounterConfiguration,
  definitionOf,
  eventOf,
  type EventWithExemplar,
  type GaugeConfiguration,
  type HistogramConfiguration,
  type LabelValues,
  type SummaryConfiguration,
} from './configuration.js';
import { LateMetric } from './late-metric.js';

/** Of `labels()`: the values in the order of `labelNames`, or one object. */
export type LabelsOrValues<T extends string> = (string | number)[] | [labels: LabelValues<T>];

/** prom-client's `Counter`, summed over all replicas. */
export class Counter<T extends string = string> extends LateMetric<'counter'> {
  readonly #enableExemplars: boolean;

  constructor(configuration: CounterConfiguration<T>) {
    super(definitionOf('counter', configuration));
    this.#enableExemplars = configuration.enableExemplars === true;
  }

  /** Adds `value`, by default 1. */
  inc(value?: number): void;
  inc(labels: LabelValues<T>, value?: number): void;
  /** With `enableExemplars`. */
  inc(event: EventWithExemplar<T>): void;
  inc(...given: readonly unknown[]): void {
    const { labels, value, exemplar } = eventOf<T>(given, this.#enableExemplars);
    this.tell((handle) => {
      handle.labels(labels as Record<T, string>).inc(value ?? 1, { exemplar });
    });
  }

  /** The series of a label set. */
  labels(...labels: LabelsOrValues<T>): { inc(value?: number): void } {
    return {
      inc: (value) => {
        this.tell((handle) => {
          handle.labels(...(labels as string[])).inc(value);
        });
      },
    };
  }
}

/** prom-client's `Gauge`: steps of all replicas add up, of values that are set the latest stands. */
export class Gauge<T extends string = string> extends LateMetric<'gauge'> {
  constructor(configuration: GaugeConfiguration<T>) {
    super(definitionOf('gauge', configuration));
  }

  set(value: number): void;
  set(labels: LabelValues<T>, value: number): void;
  set(...given: readonly unknown[]): void {
    const { labels, value } = eventOf<T>(given, false);
    this.labels(labels).set(value as number);
  }

  /** Adds `value`, by default 1. */
  inc(value?: number): void;
  inc(labels: LabelValues<T>, value?: number): void;
  inc(...given: readonly unknown[]): void {
    const { labels, value } = eventOf<T>(given, false);
    this.labels(labels).inc(value);
  }

  /** Subtracts `value`, by default 1. */
  dec(value?: number): void;
  dec(labels: LabelValues<T>, value?: number): void;
  dec(...given: readonly unknown[]): void {
    const { labels, value } = eventOf<T>(given, false);
    this.labels(labels).dec(value);
  }

  /** Sets the current Unix time in seconds. */
  setToCurrentTime(labels: LabelValues<T> = {}): void {
    this.set(labels, Date.now() / 1_000);
  }

  /** The returned function sets the seconds since this call, and returns them. */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    return timer((seconds, more) => {
      this.set({ ...labels, ...more } as LabelValues<T>, seconds);
    });
  }

  /** The series of a label set. */
  labels(...labels: LabelsOrValues<T>): {
    set(value: number): void;
    inc(value?: number): void;
    dec(value?: number): void;
    setToCurrentTime(): void;
  } {
    const tell = (verb: 'set' | 'inc' | 'dec', value: number): void => {
      this.tell((handle) => {
        handle.labels(...(labels as string[]))[verb](value);
      });
    };
    return {
      set: (value) => {
        tell('set', value);
      },
      inc: (value = 1) => {
        tell('inc', value);
      },
      dec: (value = 1) => {
        tell('dec', value);
      },
      setToCurrentTime: () => {
        tell('set', Date.now() / 1_000);
      },
    };
  }
}

/** prom-client's `Histogram`, summed over all replicas. */
export class Histogram<T extends string = string> extends LateMetric<'histogram'> {
  readonly #enableExemplars: boolean;

  constructor(configuration: HistogramConfiguration<T>) {
    super(definitionOf('histogram', configuration));
    this.#enableExemplars = configuration.enableExemplars === true;
  }

  observe(value: number): void;
  observe(labels: LabelValues<T>, value: number): void;
  /** With `enableExemplars`. */
  observe(event: EventWithExemplar<T>): void;
  observe(...given: readonly unknown[]): void {
    const { labels, value, exemplar } = eventOf<T>(given, this.#enableExemplars);
    this.#note([labels], value as number, exemplar);
  }

  /** The returned function observes the seconds since this call, and returns them. */
  startTimer(
    labels?: LabelValues<T>,
    exemplarLabels?: ExemplarLabels,
  ): (labels?: LabelValues<T>, exemplarLabels?: ExemplarLabels) => number {
    return timer((seconds, more, exemplar?: ExemplarLabels) => {
      this.#note([{ ...labels, ...more }], seconds, exemplar ?? exemplarLabels);
    });
  }

  /** Makes the series exist before its first event. */
  zero(labels: LabelValues<T>): void {
    this.tell((handle) => {
      handle.zero(labels as Record<T, string>);
    });
  }

  /** The series of a label set. */
  labels(...labels: LabelsOrValues<T>): { observe(value: number): void; startTimer(): () => number } {
    const observe = (value: number): void => {
      this.#note(labels, value);
    };
    return { observe, startTimer: () => timer(observe) };
  }

  #note(labels: LabelsOrValues<T>, value: number, exemplar?: ExemplarLabels): void {
    this.tell((handle) => {
      handle.labels(...(labels as string[])).observe(value, { exemplar });
    });
  }
}

/** prom-client's `Summary`, over all replicas. */
export class Summary<T extends string = string> extends LateMetric<'summary'> {
  constructor(configuration: SummaryConfiguration<T>) {
    super(definitionOf('summary', configuration));
  }

  observe(value: number): void;
  observe(labels: LabelValues<T>, value: number): void;
  observe(...given: readonly unknown[]): void {
    const { labels, value } = eventOf<T>(given, false);
    this.labels(labels).observe(value as number);
  }

  /** The returned function observes the seconds since this call, and returns them. */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    return timer((seconds, more) => {
      this.observe({ ...labels, ...more } as LabelValues<T>, seconds);
    });
  }

  /** The series of a label set. */
  labels(...labels: LabelsOrValues<T>): { observe(value: number): void; startTimer(): () => number } {
    const observe = (value: number): void => {
      this.tell((handle) => {
        handle.labels(...(labels as string[])).observe(value);
      });
    };
    return { observe, startTimer: () => timer(observe) };
  }
}
