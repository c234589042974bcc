import type { NativeHistogram } from '../../../model/index.js';
import type { Update } from '../../series.js';
import type { ScriptArgument } from '../connection/script.js';

/**
 * How a native histogram looks in Redis: what a classic one of the same buckets would be, then the schema (int8), and 12 bytes per bin
 * (bin int32, count double), ascending. native.lua reads and writes the same.
 */
const DOUBLE = 8;
const BIN = 4 + DOUBLE;
const SCHEMA = 1;

type Native = NonNullable<Extract<Update, { op: 'observe' }>['native']>;

/** What follows the packed changes of the classic part. */
export function nativeArguments({ maxBuckets, ...native }: Native): ScriptArgument[] {
  return [packNative(native), maxBuckets];
}

function packNative({ schema, bins, counts }: NativeHistogram): Buffer {
  const packed = Buffer.allocUnsafe(SCHEMA + bins.length * BIN);
  packed.writeInt8(schema, 0);
  bins.forEach((bin, at) => {
    packed.writeInt32LE(bin, SCHEMA + at * BIN);
    packed.writeDoubleLE(counts[at] as number, SCHEMA + at * BIN + 4);
  });
  return packed;
}

/** @param schema If nothing is packed. */
export function unpackNative(packed: Buffer, schema: number): NativeHistogram {
  if (packed.length < SCHEMA) return { schema, bins: [], counts: [] };
  const size = Math.floor((packed.length - SCHEMA) / BIN);
  const bins = new Array<number>(size);
  const counts = new Array<number>(size);
  for (let at = 0; at < size; at += 1) {
    bins[at] = packed.readInt32LE(SCHEMA + at * BIN);
    counts[at] = packed.readDoubleLE(SCHEMA + at * BIN + 4);
  }
  return { schema: packed.readInt8(0), bins, counts };
}
