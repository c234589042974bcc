import type { MetricFamily } from '../../model/index.js';

/** Some of what is known of a process: names without a prefix. */
export interface Part {
  /** What it is now. */
  read(): readonly MetricFamily[] | Promise<readonly MetricFamily[]>;
  /** Default: nothing has to end. */
  stop?(): void;
}

/** A gauge without labels; without a sample if there is no such thing here. */
export function gauge(name: string, help: string, value: number | undefined): MetricFamily {
  return { name, help, type: 'gauge', values: value === undefined ? [] : [{ metricName: name, labels: {}, value }] };
}

/** A counter without labels. */
export function counter(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'counter', values: [{ metricName: name, labels: {}, value }] };
}

/** A gauge with one label: by its value, how many. */
export function gaugeBy(name: string, help: string, label: string, values: ReadonlyMap<string, number>): MetricFamily {
  const samples = [...values].map(([text, value]) => ({ metricName: name, labels: { [label]: text }, value }));
  return { name, help, type: 'gauge', values: samples };
}
