import {
  definitionShape,
  type HistogramValue,
  type ResolvedDefinition,
  type SeriesValue,
  type SummaryValue,
} from '../../../model/index.js';
import type { Batch, Update } from '../../series.js';
import type { ScriptArgument } from '../connection/script.js';
import { familyField } from '../family-field.js';
import { packExemplars } from './exemplars.js';
import { nativeArguments, unpackNative } from './native-packing.js';

/**
 * How values look in Redis: a counter or gauge as decimal text, a value of a process in the same way beside its name and labels, a histogram as little-endian doubles (a count per bucket,
 * then the sum; a native one goes on: native-packing.ts), a summary as two doubles (sum, count) and 20 bytes per bin (slice double, bin int32, count double). The
 * scripts read and write the same.
 */
const DOUBLE = 8;
/** Histograms of fewer counts are always sent whole. */
const LEAST_SPARSE = 64;
/** Index (uint32) and double. */
const SPARSE_ENTRY = 4 + DOUBLE;
const SUMMARY_HEAD = 2 * DOUBLE;
const SUMMARY_BIN = 2 * DOUBLE + 4;

type Observation = Extract<Update, { op: 'observe' }>;
type Sketch = Extract<Update, { op: 'sketch' }>;

/** ARGV of apply.lua. */
export function batchArguments(batch: Batch, notesNew: boolean): ScriptArgument[] {
  const { writer, sequence, wantsNext = false, clear, definitions, show = [] } = batch;
  const cleared = clear === 'all' ? ['all'] : [clear.length, ...clear.map(familyField)];
  const args: ScriptArgument[] = [writer, sequence, flag(wantsNext), flag(notesNew), ...cleared, definitions.length];
  for (const definition of definitions) {
    args.push(familyField(definition.name), definitionShape(definition), JSON.stringify(definition));
  }
  args.push(show.length);
  for (const { family, shape } of show) args.push(familyField(family), shape);
  for (const { family, shape, mode, updates, exemplars = [] } of batch.families) {
    args.push('f', familyField(family), shape, mode ?? 'add');
    for (const update of updates) args.push(...updateArguments(update));
    for (const { labels, exemplars: each } of exemplars) args.push('e', labels, packExemplars(each));
  }
  return args;
}

export function flag(isSet: boolean): ScriptArgument {
  return isSet ? '1' : '0';
}

function updateArguments(update: Update): ScriptArgument[] {
  switch (update.op) {
    case 'add':
      return ['a', update.labels, update.value];
    case 'set':
      return ['s', update.labels, numberArgument(update.value)];
    case 'part':
      return partArguments(partField(update.process, update.labels), update.value);
    case 'observe':
      return observationArguments(update);
    case 'sketch':
      return ['k', update.labels, update.oldestSlice, packSummary(update)];
    case 'remove':
      return ['r', update.labels];
  }
}

/** Each process' value in a series is stored as a series of its own. */
function partArguments(field: string, value: number | undefined): ScriptArgument[] {
  return value === undefined ? ['r', field] : ['s', field, numberArgument(value)];
}

/** What the value of one process in a series is called. */
export function partField(process: string, labels: string): string {
  return `${process} ${labels}`;
}

/** String(-0) is '0'. */
function numberArgument(value: number): ScriptArgument {
  return Object.is(value, -0) ? '-0' : value;
}

/** If a few buckets of a large histogram have changed, only these are sent; if it is native, always. */
function observationArguments({ labels, counts, sum, native }: Observation): ScriptArgument[] {
  if (native) return ['n', labels, counts.length + 1, packChanged(counts, sum), ...nativeArguments(native)];
  const changed = counts.length < LEAST_SPARSE ? [] : indexesOfChanged(counts);
  if (counts.length < LEAST_SPARSE || changed.length * SPARSE_ENTRY > counts.length * DOUBLE) {
    return ['o', labels, packHistogram({ counts, sum })];
  }
  return ['p', labels, counts.length + 1, packChanged(counts, sum, changed)];
}

function packChanged(counts: readonly number[], sum: number, changed = indexesOfChanged(counts)): Buffer {
  const packed = Buffer.allocUnsafe((changed.length + 1) * SPARSE_ENTRY);
  const all = [...counts, sum];
  [...changed, counts.length].forEach((index, at) => {
    packed.writeUInt32LE(index, at * SPARSE_ENTRY);
    packed.writeDoubleLE(all[index] as number, at * SPARSE_ENTRY + 4);
  });
  return packed;
}

function indexesOfChanged(counts: readonly number[]): number[] {
  return counts.flatMap((count, at) => (count === 0 ? [] : [at]));
}

function packHistogram({ counts, sum }: Pick<Observation, 'counts' | 'sum'>): Buffer {
  const packed = Buffer.allocUnsafe((counts.length + 1) * DOUBLE);
  counts.forEach((count, at) => packed.writeDoubleLE(count, at * DOUBLE));
  packed.writeDoubleLE(sum, counts.length * DOUBLE);
  return packed;
}

function packSummary({ sum, count, bins }: Pick<Sketch, 'sum' | 'count' | 'bins'>): Buffer {
  const packed = Buffer.allocUnsafe(SUMMARY_HEAD + bins.length * SUMMARY_BIN);
  packed.writeDoubleLE(sum, 0);
  packed.writeDoubleLE(count, DOUBLE);
  let at = SUMMARY_HEAD;
  for (const bin of bins) {
    packed.writeDoubleLE(bin.slice, at);
    packed.writeInt32LE(bin.bin, at + DOUBLE);
    packed.writeDoubleLE(bin.count, at + DOUBLE + 4);
    at += SUMMARY_BIN;
  }
  return packed;
}

export function unpackValue(definition: ResolvedDefinition, packed: Buffer): SeriesValue {
  switch (definition.type) {
    case 'histogram':
      return unpackHistogram(definition, packed);
    case 'summary':
      return unpackSummary(packed);
    default:
      return parseNumber(packed.toString('latin1'));
  }
}

function unpackHistogram({ buckets, native }: ResolvedDefinition, packed: Buffer): HistogramValue {
  if (native === undefined) return unpackClassic(packed);
  const classicBytes = (buckets.length + 2) * DOUBLE;
  return {
    ...unpackClassic(packed.subarray(0, classicBytes)),
    native: unpackNative(packed.subarray(classicBytes), native.schema),
  };
}

function unpackClassic(packed: Buffer): HistogramValue {
  const doubles = Math.floor(packed.length / DOUBLE);
  const counts = Array.from({ length: doubles - 1 }, (_, at) => packed.readDoubleLE(at * DOUBLE));
  return { counts, sum: packed.readDoubleLE((doubles - 1) * DOUBLE) };
}

function unpackSummary(packed: Buffer): SummaryValue {
  const bins = [];
  for (let at = SUMMARY_HEAD; at + SUMMARY_BIN <= packed.length; at += SUMMARY_BIN) {
    bins.push({
      slice: packed.readDoubleLE(at),
      bin: packed.readInt32LE(at + DOUBLE),
      count: packed.readDoubleLE(at + DOUBLE + 4),
    });
  }
  return { sum: packed.readDoubleLE(0), count: packed.readDoubleLE(DOUBLE), bins };
}

/** The value of one process in a series. */
export interface ProcessPart {
  readonly process: string;
  readonly labels: string;
  readonly value: number;
}

/** A bucket of a gauge of processes as reading.lua gives it: lines `<process> <labels>} <value>`. */
export function unpackParts(lines: Buffer): ProcessPart[] {
  return lines
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [first, last] = [line.indexOf(' '), line.lastIndexOf(' ')];
      return {
        process: line.slice(0, first),
        labels: line.slice(first + 1, last - 1),
        value: parseNumber(line.slice(last + 1)),
      };
    });
}

/** Numbers as Lua's `%.17g` and JavaScript write them: `12`, `1e+21`, `nan`, `-inf`, `NaN`, `Infinity`. */
function parseNumber(text: string): number {
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  if (/^\+?inf/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf/i.test(text)) return Number.NEGATIVE_INFINITY;
  return Number.NaN;
}
