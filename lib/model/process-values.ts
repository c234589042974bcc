import type { GaugeAggregation } from './metric-definition.js';

/** One series of a gauge of processes: by process, its value. */
export type ProcessValues = ReadonlyMap<string, number>;

/** What a gauge shows of the values of living processes. They come one after the other; at least one. */
export class Aggregate {
  #value: number | undefined;
  #count = 0;

  constructor(private readonly aggregation: Exclude<GaugeAggregation, 'last'>) {}

  add(value: number): void {
    this.#value = this.#value === undefined ? value : this.#joined(this.#value, value);
    this.#count += 1;
  }

  get value(): number {
    const value = this.#value ?? NaN;
    return this.aggregation === 'avg' ? value / this.#count : value;
  }

  #joined(one: number, other: number): number {
    switch (this.aggregation) {
      case 'sum':
      case 'avg':
        return one + other;
      case 'min':
        return Math.min(one, other);
      case 'max':
        return Math.max(one, other);
    }
  }
}
