/**
 * Native histograms as Prometheus and client_golang define them. An observation falls into a bin by its size: bin _i_ of a schema _s_ ends at
 * 2^(_i_ / 2^_s_) and begins where the one before ends. Two bins of a schema are one of the next lower schema, so what
 * was counted with different schemas adds up exactly, to the lower one.
 */
export interface NativeHistogram {
  /** -4 to 8: the higher, the narrower the bins. */
  readonly schema: number;
  /** Numbers of the bins that have counted something, ascending as their values do: see {@link nativeBin}. */
  readonly bins: readonly number[];
  /** What each of {@link bins} has counted. */
  readonly counts: readonly number[];
}

export const LOWEST_SCHEMA = -4;
export const HIGHEST_SCHEMA = 8;
/** Buckets that a native histogram may have at the most, whatever its definition says: one call of Redis merges a few of that size. */
export const MOST_BUCKETS = 1_000;

/** Keeps the bins of positive values above 0 and those of negative ones below: bin 0 is zero itself. */
export const NATIVE_OFFSET = 1 << 19;

/** Where the bins of the highest schema end that lie between 0.5 and 1; a lower one has every second, fourth ... of them. */
const ENDS = Float64Array.from({ length: 2 ** HIGHEST_SCHEMA }, (_, at) => 2 ** (at / 2 ** HIGHEST_SCHEMA - 1));
const bits = new DataView(new ArrayBuffer(8));
const EXPONENT_AT = 20;
const FRACTION_MASK = 0xfffff;
const LEAST_NORMAL = 1 << EXPONENT_AT;
/** So that a fraction is at least 0.5 and less than 1. */
const EXPONENT_BIAS = 1_022;
const LEAST_FRACTION = 0.5;
/** A double so small that it has fewer digits has as many as others when it is larger by that many bits. */
const SUBNORMAL_BITS = 54;

/** The schema whose bins grow by that factor, or by less; as close to it as there is one. */
export function schemaOf(growthFactor: number): number {
  return Math.min(Math.max(0 - Math.floor(Math.log2(Math.log2(growthFactor))), LOWEST_SCHEMA), HIGHEST_SCHEMA);
}

/** The bin that a finite value falls into: 0 up to the zero threshold, otherwise its index and {@link NATIVE_OFFSET}, with the sign of the value. */
export function nativeBin(value: number, schema: number, zeroThreshold: number): number {
  const size = Math.abs(value);
  if (size <= zeroThreshold) return 0;
  const bin = NATIVE_OFFSET + indexOf(size, schema);
  return value > 0 ? bin : -bin;
}

function indexOf(size: number, schema: number): number {
  bits.setFloat64(0, size);
  let high = bits.getUint32(0);
  let exponent = (high >>> EXPONENT_AT) - EXPONENT_BIAS;
  if (high < LEAST_NORMAL) {
    bits.setFloat64(0, size * 2 ** SUBNORMAL_BITS);
    high = bits.getUint32(0);
    exponent = (high >>> EXPONENT_AT) - EXPONENT_BIAS - SUBNORMAL_BITS;
  }
  // Written with an exponent of its own, what is left is the fraction.
  bits.setUint32(0, (high & FRACTION_MASK) | (EXPONENT_BIAS << EXPONENT_AT));
  const fraction = bits.getFloat64(0);
  if (schema <= 0) return Math.ceil((fraction === LEAST_FRACTION ? exponent - 1 : exponent) / (1 << -schema));
  const ends = 1 << schema;
  const step = ENDS.length / ends;
  let low = 0;
  let above = ends;
  while (low < above) {
    const middle = (low + above) >>> 1;
    if (fraction <= (ENDS[middle * step] as number)) above = middle;
    else low = middle + 1;
  }
  return low + (exponent - 1) * ends;
}

/** The bin of a schema that is lower by so much. */
function widened(bin: number, by: number): number {
  if (bin === 0) return 0;
  const widerBin = NATIVE_OFFSET + Math.ceil((Math.abs(bin) - NATIVE_OFFSET) / 2 ** by);
  return bin > 0 ? widerBin : -widerBin;
}

/** Counts by bin, with as high a schema as keeps them to so many bins; those of zero do not count. */
export class NativeCounts {
  #counts = new Map<number, number>();

  constructor(
    private schema: number,
    private readonly maxBuckets: number,
  ) {}

  /** Bins that have counted. */
  get size(): number {
    return this.#counts.size;
  }

  observe(value: number, zeroThreshold: number): void {
    this.#add(nativeBin(value, this.schema, zeroThreshold), 1);
  }

  add({ schema, bins, counts }: NativeHistogram): void {
    if (schema < this.schema) this.#lower(this.schema - schema);
    // More of them may need a schema that is lower again.
    bins.forEach((bin, at) => {
      this.#add(widened(bin, schema - this.schema), counts[at] as number);
    });
  }

  get value(): NativeHistogram {
    const entries = [...this.#counts].sort(([one], [other]) => one - other);
    return { schema: this.schema, bins: entries.map(([bin]) => bin), counts: entries.map(([, count]) => count) };
  }

  #add(bin: number, more: number): void {
    const count = this.#counts.get(bin);
    this.#counts.set(bin, (count ?? 0) + more);
    if (count === undefined) this.#keepToLimit();
  }

  #keepToLimit(): void {
    while (this.schema > LOWEST_SCHEMA) {
      const buckets = this.#counts.size - Number(this.#counts.has(0));
      if (buckets <= this.maxBuckets) return;
      this.#lower(1);
    }
  }

  #lower(by: number): void {
    const counts = this.#counts;
    this.schema -= by;
    this.#counts = new Map();
    for (const [bin, count] of counts) {
      const wider = widened(bin, by);
      this.#counts.set(wider, (this.#counts.get(wider) ?? 0) + count);
    }
  }
}

/** Both added up. */
export function mergeNative(
  stored: NativeHistogram | undefined,
  more: NativeHistogram,
  maxBuckets: number,
): NativeHistogram {
  const counts = new NativeCounts(more.schema, maxBuckets);
  if (stored) counts.add(stored);
  counts.add(more);
  return counts.value;
}
