import type { Update } from '../store/index.js';
import { Accumulator, type DirtyList } from './accumulator.js';

/** Buckets that are as much work for the store as a counter's update. */
const BUCKETS_A_WEIGHT = 16;

/** New observations of a histogram child, by bucket. */
export class HistogramAccumulator extends Accumulator {
  #counts: number[];
  #sum = 0;

  constructor(
    labels: string,
    dirtyList: DirtyList,
    private readonly bounds: readonly number[],
  ) {
    super(labels, dirtyList);
    this.#counts = zeros(bounds);
  }

  observe(value: number): void {
    const at = bucketOf(value, this.bounds);
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#sum += value;
    this.change();
  }

  /** Adds observations that have been counted elsewhere, by bucket. */
  merge(counts: readonly number[], sum: number): void {
    counts.forEach((count, at) => (this.#counts[at] = (this.#counts[at] as number) + count));
    this.#sum += sum;
    this.change();
  }

  override get weight(): number {
    return super.weight + Math.floor(this.bounds.length / BUCKETS_A_WEIGHT);
  }

  protected get hasChanges(): boolean {
    return this.#counts.some((count) => count > 0);
  }

  protected takeChanges(): Extract<Update, { op: 'observe' }> {
    const update = { op: 'observe' as const, labels: this.labels, counts: this.#counts, sum: this.#sum };
    this.dropChanges();
    return update;
  }

  protected dropChanges(): void {
    this.#counts = zeros(this.bounds);
    this.#sum = 0;
  }
}

/** First bucket whose upper bound is not below the value, by halving. */
export function bucketOf(value: number, bounds: readonly number[]): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (bounds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A count per bucket, `+Inf` included. */
function zeros(bounds: readonly number[]): number[] {
  return new Array<number>(bounds.length + 1).fill(0);
}
