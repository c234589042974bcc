import { NATIVE_OFFSET, type NativeHistogram } from '../../model/index.js';
import { asBytes, asDouble, asVarint, putLength, putVarint, zigzag } from './wire.js';

// What a `Histogram` message holds of a native histogram: https://github.com/prometheus/client_model.

const SCHEMA = 5;
const ZERO_THRESHOLD = 6;
const ZERO_COUNT = 7;
const NEGATIVE = { span: 9, delta: 10 } as const;
const POSITIVE = { span: 12, delta: 13 } as const;
const OFFSET_OF_SPAN = 1;
const LENGTH_OF_SPAN = 2;

const ZERO_BYTES = 64;
/** A bin takes the most with a span of its own, or with two that are empty before it. */
const BIN_BYTES = 48;
/** So many bins that have counted nothing stand in a span: a new one would take more. */
const LARGEST_GAP = 2;

/** Room that {@link putNative} needs at the most. */
export function nativeRoom({ bins }: NativeHistogram): number {
  return ZERO_BYTES + bins.length * BIN_BYTES;
}

/** Writes all fields of a native histogram. @returns where they end */
export function putNative(out: Buffer, at: number, native: NativeHistogram, zeroThreshold: number): number {
  const { schema, bins, counts } = native;
  const zeroAt = bins.indexOf(0);
  const zeroCount = zeroAt < 0 ? 0 : (counts[zeroAt] as number);
  let end = putField(out, at, SCHEMA, zigzag(schema));
  out[end] = asDouble(ZERO_THRESHOLD);
  end = out.writeDoubleLE(zeroThreshold, end + 1);
  end = putField(out, end, ZERO_COUNT, zeroCount);
  // Of negative values the nearest to zero comes first.
  const negative = bins.filter((bin) => bin < 0).map((bin) => -bin - NATIVE_OFFSET);
  const positive = bins.filter((bin) => bin > 0).map((bin) => bin - NATIVE_OFFSET);
  end = putBins(out, end, NEGATIVE, negative.reverse(), counts.slice(0, negative.length).reverse());
  end = putBins(out, end, POSITIVE, positive, counts.slice(counts.length - positive.length));
  // With nothing in it nobody would see that it is a native one.
  return zeroThreshold === 0 && bins.length === 0 ? putSpan(out, end, POSITIVE.span, 0, 0) : end;
}

/** Spans of bins that follow on each other; each count as its difference to the one before. */
function putBins(
  out: Uint8Array,
  at: number,
  fields: typeof NEGATIVE | typeof POSITIVE,
  indexes: readonly number[],
  counts: readonly number[],
): number {
  if (indexes.length === 0) return at;
  const filled: number[] = [];
  let end = at;
  let offset = indexes[0] as number;
  let length = 0;
  let next = offset;
  indexes.forEach((index, bin) => {
    const gap = index - next;
    if (gap > LARGEST_GAP) {
      end = putSpan(out, end, fields.span, offset, length);
      offset = gap;
      length = 0;
    } else {
      for (let empty = 0; empty < gap; empty += 1) filled.push(0);
      length += gap;
    }
    filled.push(counts[bin] as number);
    length += 1;
    next = index + 1;
  });
  end = putSpan(out, end, fields.span, offset, length);
  out[end] = asBytes(fields.delta);
  const deltasAt = end + 1;
  end = deltasAt + 1;
  let before = 0;
  for (const count of filled) {
    end = putVarint(out, end, zigzag(count - before));
    before = count;
  }
  return putLength(out, deltasAt, 1, end);
}

function putSpan(out: Uint8Array, at: number, field: number, offset: number, length: number): number {
  out[at] = asBytes(field);
  const end = putField(out, at + 2, OFFSET_OF_SPAN, zigzag(offset));
  return putLength(out, at + 1, 1, putField(out, end, LENGTH_OF_SPAN, length));
}

function putField(out: Uint8Array, at: number, field: number, value: number): number {
  out[at] = asVarint(field);
  return putVarint(out, at + 1, value);
}
