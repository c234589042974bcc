import { oldestSlice, sketchBin, summarySlice, type SummaryBin } from '../model/index.js';
import type { Update } from '../store/index.js';
import { Accumulator, type DirtyList } from './accumulator.js';

/** Bins that are as much work for the store as a counter's update. */
const BINS_A_WEIGHT = 4;

/** New observations of a summary child: sum, count, and a sketch for each slice of time. */
export class SummaryAccumulator extends Accumulator {
  readonly #slices = new Map<number, Map<number, number>>();
  #sum = 0;
  #count = 0;

  constructor(
    labels: string,
    dirtyList: DirtyList,
    private readonly maxAgeSeconds: number,
  ) {
    super(labels, dirtyList);
  }

  observe(value: number): void {
    const slice = summarySlice(Date.now(), this.maxAgeSeconds);
    let bins = this.#slices.get(slice);
    if (bins === undefined) {
      bins = new Map();
      this.#slices.set(slice, bins);
      this.#dropOldSlices();
    }
    const bin = sketchBin(value);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
    this.#sum += value;
    this.#count += 1;
    this.change();
  }

  override get weight(): number {
    let bins = 0;
    for (const counts of this.#slices.values()) bins += counts.size;
    return super.weight + Math.floor(bins / BINS_A_WEIGHT);
  }

  protected get hasChanges(): boolean {
    return this.#count > 0;
  }

  protected takeChanges(): Update {
    this.#dropOldSlices();
    const bins: SummaryBin[] = [];
    for (const [slice, counts] of this.#slices) {
      for (const [bin, count] of counts) bins.push({ slice, bin, count });
    }
    const update: Update = {
      op: 'sketch',
      labels: this.labels,
      sum: this.#sum,
      count: this.#count,
      bins,
      oldestSlice: oldestSlice(Date.now(), this.maxAgeSeconds),
    };
    this.dropChanges();
    return update;
  }

  protected dropChanges(): void {
    this.#slices.clear();
    this.#sum = 0;
    this.#count = 0;
  }

  /** While the store is away for long, only the window of the quantiles is kept. */
  #dropOldSlices(): void {
    const oldest = oldestSlice(Date.now(), this.maxAgeSeconds);
    for (const slice of this.#slices.keys()) if (slice < oldest) this.#slices.delete(slice);
  }
}
