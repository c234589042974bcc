import { NativeCounts, type NativeHistogram, type ResolvedNative } from '../model/index.js';
import type { Update } from '../store/index.js';
import type { DirtyList } from './accumulator.js';
import { HistogramAccumulator } from './histogram-accumulator.js';

/** Bins that are as much work for the store as a counter's update. */
const BINS_A_WEIGHT = 4;
/** So are so many buckets that a series may have: it may be this update after which they are joined. */
const BUCKETS_A_WEIGHT = 32;

/** New observations of a native histogram's child: by classic bucket, if it has any, and by native one. */
export class NativeHistogramAccumulator extends HistogramAccumulator {
  #counts: NativeCounts;

  constructor(
    labels: string,
    dirtyList: DirtyList,
    bounds: readonly number[],
    private readonly native: ResolvedNative,
  ) {
    super(labels, dirtyList, bounds);
    this.#counts = new NativeCounts(native.schema, native.maxBuckets);
  }

  override observe(value: number): void {
    this.#counts.observe(value, this.native.zeroThreshold);
    super.observe(value);
  }

  /** As {@link merge}, with the same observations by native bucket. */
  mergeNative(counts: readonly number[], sum: number, native: NativeHistogram): void {
    this.#counts.add(native);
    this.merge(counts, sum);
  }

  override get weight(): number {
    const { maxBuckets } = this.native;
    return super.weight + Math.floor(this.#counts.size / BINS_A_WEIGHT) + Math.floor(maxBuckets / BUCKETS_A_WEIGHT);
  }

  protected override takeChanges(): Extract<Update, { op: 'observe' }> {
    const native = { ...this.#counts.value, maxBuckets: this.native.maxBuckets };
    // Also drops the changes.
    return { ...super.takeChanges(), native };
  }

  protected override dropChanges(): void {
    super.dropChanges();
    this.#counts = new NativeCounts(this.native.schema, this.native.maxBuckets);
  }
}
