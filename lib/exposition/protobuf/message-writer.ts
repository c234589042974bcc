import {
  type Exemplar,
  type HistogramValue,
  isClassicMetricName,
  metricNameText,
  type ResolvedDefinition,
  type SampleLines,
  type Series,
} from '../../model/index.js';
import type { Quantile } from '../samples.js';
import { exemplarBytes, ExemplarWriter } from './exemplar-writer.js';
import { COMMA, LINE_BREAK, LineReader, OPEN, SPACE } from './line-reader.js';
import { nativeRoom, putNative } from './native-fields.js';
import { StartWriter } from './start-writer.js';
import { asBytes, asDouble, asVarint, putLength, putVarint } from './wire.js';

// Field numbers of metrics.proto (https://github.com/prometheus/client_model).
const FAMILY = { name: 1, help: 2, type: 3, metric: 4, unit: 5 } as const;
const METRIC = { gauge: 2, counter: 3, summary: 4, histogram: 7 } as const;
const TYPE = { counter: 0, gauge: 1, summary: 2, histogram: 4 } as const;
const START_OF_COUNTER = 3;
const START_OF_SUMMARY = 4;
const START_OF_HISTOGRAM = 15;
const EXEMPLAR_OF_COUNTER = 2;
const EXEMPLAR_OF_BUCKET = 3;
const EXEMPLAR_OF_NATIVE = 16;

/** A gateway that reads text leaves them out, and a help text that is nothing else. */
const LEADING_BLANKS = /^[ \t]+/;
const METRIC_TAG = asBytes(FAMILY.metric);
const DOUBLE_BYTES = 8;
/** A counter or gauge beside its labels, with a start time. */
const NUMBER_BYTES = 48;
/** What one bucket or quantile takes at the most, and sum and count with the rest. */
const POINT_BYTES = 24;
const REST_BYTES = 64;
/** A length has up to four bytes more than the one that is left for it; a series has three. */
const LENGTHS_BYTES = 16;

/** How each family begins: the same definitions come with every push. */
const heads = new WeakMap<ResolvedDefinition, Uint8Array>();

/** Families as `MetricFamily` messages, in memory that is used again and again. */
export class MessageWriter {
  /** Bytes that are written. */
  size = 0;
  #bytes = Buffer.allocUnsafeSlow(0);
  #view = new DataView(this.#bytes.buffer);
  readonly #reader = new LineReader();
  readonly #exemplars = new ExemplarWriter();
  readonly #starts = new StartWriter();
  /** Labels as text. */
  #scratch = Buffer.allocUnsafeSlow(0);
  /** Bytes that the length of the last metric took: mostly the next one's takes as many. */
  #lengthRoom = 1;

  /** What is written, as long as nothing more is. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  /** Forgets the first bytes. */
  drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.size);
    this.size -= count;
  }

  /** Name, help, type and unit: how a family begins. */
  head(definition: ResolvedDefinition): void {
    const from = this.size;
    const known = heads.get(definition);
    if (known === undefined) {
      this.#head(definition);
      heads.set(definition, Buffer.from(this.#bytes.subarray(from, this.size)));
      return;
    }
    this.#room(known.length);
    this.#bytes.set(known, from);
    this.size += known.length;
  }

  #head({ name, help, type, unit = '' }: ResolvedDefinition): void {
    const text = help.toWellFormed().replace(LEADING_BLANKS, '');
    this.#room(3 * (name.length + text.length + unit.length) + REST_BYTES);
    this.#text(FAMILY.name, name);
    if (text !== '') this.#text(FAMILY.help, text);
    this.#varint(FAMILY.type, TYPE[type]);
    if (unit !== '') this.#text(FAMILY.unit, unit);
  }

  /** The length of all that was written from there, before it. */
  prefix(at: number): void {
    this.#room(LENGTHS_BYTES);
    this.size = putLength(this.#bytes, at, 0, this.size);
  }

  /**
   * Series of a counter or gauge, as lines of exposition text.
   * @param chunk What the lines are a part of.
   * @throws Error for what is no such line
   */
  lines({ name, type }: ResolvedDefinition, text: Uint8Array, chunk: Omit<SampleLines, 'lines'>): void {
    const { series: count, startOf, exemplars } = chunk;
    if (text.at(-1) !== LINE_BREAK) throw noLine(name, text, text.length - 1);
    // The shortest label, `a=""`, becomes 7 bytes.
    this.#room(2 * text.length + NUMBER_BYTES * count);
    let out = this.#bytes;
    let view = this.#view;
    const reader = this.#reader;
    const starts = this.#starts;
    const isCounter = type === 'counter';
    const tag = asBytes(isCounter ? METRIC.counter : METRIC.gauge);
    const before = beforeLabels(name);
    let lengthRoom = this.#lengthRoom;
    let end = this.size;
    let from = 0;
    while (from < text.length) {
      const at = end + 1;
      out[end] = METRIC_TAG;
      end = at + lengthRoom;
      reader.at = from + before.bytes;
      let labelsAt = reader.at;
      let labelsEnd = labelsAt;
      const hasLabels = text[reader.at] === before.sign;
      if (hasLabels || before.isInBraces) {
        if (hasLabels) reader.at += 1;
        labelsAt = reader.at;
        end = reader.labels(text, out, end);
        labelsEnd = reader.at - 1;
      }
      if (end < 0 || text[reader.at] !== SPACE) throw noLine(name, text, from);
      reader.at += 1;
      const value = reader.number(text);
      if (value === undefined || text[reader.at] !== LINE_BREAK) throw noLine(name, text, from);
      out[end] = tag;
      const numberAt = end + 1;
      out[end + 2] = asDouble(1);
      view.setFloat64(end + 3, value, true);
      end += 3 + DOUBLE_BYTES;
      if (isCounter && startOf) {
        const startMs = startOf(text, labelsAt, labelsEnd);
        if (startMs > 0) end = starts.put(out, end, START_OF_COUNTER, startMs);
      }
      const own = exemplars?.get(labelsIn(text, labelsAt, labelsEnd));
      if (own !== undefined) {
        this.size = end;
        this.#room(exemplarBytes(own) + 2 * (text.length - from) + NUMBER_BYTES * count);
        out = this.#bytes;
        view = this.#view;
        end = this.#exemplars.put(out, end, EXEMPLAR_OF_COUNTER, own[0] as Exemplar);
      }
      end = putLength(out, numberAt, 1, end);
      const endBefore = end;
      end = putLength(out, at, lengthRoom, end);
      lengthRoom += end - endBefore;
      from = reader.at + 1;
    }
    this.#lengthRoom = lengthRoom;
    this.size = end;
  }

  number({ type }: ResolvedDefinition, { labels, value, startMs, exemplars }: Series<number>): void {
    this.#metric(labels, METRIC[type], NUMBER_BYTES + exemplarBytes(exemplars), () => {
      this.#double(1, value);
      if (type !== 'counter') return;
      for (const exemplar of exemplars ?? []) this.#exemplar(EXEMPLAR_OF_COUNTER, exemplar);
      this.#start(START_OF_COUNTER, startMs);
    });
  }

  histogram(definition: ResolvedDefinition, series: Series<HistogramValue>): void {
    const { buckets, native: defined } = definition;
    const { labels, value, startMs, exemplars = [] } = series;
    const { counts, sum, native } = value;
    // Without classic buckets they stand beside the native ones.
    const isNativeOnly = native !== undefined && buckets.length === 0;
    const byBucket = new Map(isNativeOnly ? [] : exemplars.map((exemplar) => [exemplar.bucket, exemplar]));
    const room = (counts.length + 1) * POINT_BYTES + (native ? nativeRoom(native) : 0) + exemplarBytes(exemplars);
    this.#metric(labels, METRIC.histogram, room, () => {
      let cumulative = 0;
      counts.forEach((count, bucket) => {
        cumulative += count;
        const exemplar = byBucket.get(bucket);
        const bound = buckets[bucket] ?? Infinity;
        // The last one, +Inf, is the count of all: it stands there only for its exemplar.
        if (bound < Infinity || exemplar !== undefined) this.#bucket(cumulative, bound, exemplar);
      });
      this.#varint(1, cumulative);
      this.#double(2, sum);
      if (native) this.size = putNative(this.#bytes, this.size, native, defined?.zeroThreshold ?? 0);
      this.#start(START_OF_HISTOGRAM, startMs);
      if (isNativeOnly) for (const exemplar of exemplars) this.#exemplar(EXEMPLAR_OF_NATIVE, exemplar);
    });
  }

  summary(labels: string, quantiles: readonly Quantile[], sum: number, count: number, startMs?: number): void {
    this.#metric(labels, METRIC.summary, (quantiles.length + 1) * POINT_BYTES, () => {
      this.#varint(1, count);
      this.#double(2, sum);
      for (const { quantile, value } of quantiles) this.#quantile(quantile, value);
      this.#start(START_OF_SUMMARY, startMs);
    });
  }

  #metric(labels: string, field: number, contentBytes: number, putContent: () => void): void {
    const labelBytes = this.#asText(labels);
    this.#room(2 * labelBytes + contentBytes + REST_BYTES + LENGTHS_BYTES);
    const out = this.#bytes;
    out[this.size] = METRIC_TAG;
    const metricAt = this.size + 1;
    this.#reader.at = 0;
    const end = this.#reader.labels(this.#scratch, out, metricAt + 1);
    if (end < 0) throw new Error(`Expected labels, got ${JSON.stringify(labels)}`);
    out[end] = asBytes(field);
    this.size = end + 2;
    putContent();
    this.size = putLength(out, end + 1, 1, this.size);
    this.size = putLength(out, metricAt, 1, this.size);
  }

  /** Puts labels where they can be read as in a line. */
  #asText(labels: string): number {
    const most = 3 * labels.length + 2;
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafeSlow(2 * most);
    const bytes = this.#scratch.write(labels);
    this.#scratch.write('}\n', bytes);
    return bytes;
  }

  #bucket(count: number, bound: number, exemplar?: Exemplar): void {
    this.#bytes[this.size] = asBytes(3);
    const at = this.size + 1;
    this.size += 2;
    this.#varint(1, count);
    this.#double(2, bound);
    if (exemplar) this.#exemplar(EXEMPLAR_OF_BUCKET, exemplar);
    this.size = putLength(this.#bytes, at, 1, this.size);
  }

  #quantile(quantile: number, value: number): void {
    this.#bytes[this.size] = asBytes(3);
    const at = this.size + 1;
    this.size += 2;
    this.#double(1, quantile);
    this.#double(2, value);
    this.size = putLength(this.#bytes, at, 1, this.size);
  }

  #exemplar(field: number, exemplar: Exemplar): void {
    this.size = this.#exemplars.put(this.#bytes, this.size, field, exemplar);
  }

  #start(field: number, startMs = 0): void {
    if (startMs > 0) this.size = this.#starts.put(this.#bytes, this.size, field, startMs);
  }

  #text(field: number, text: string): void {
    this.#bytes[this.size] = asBytes(field);
    const at = this.size + 1;
    const length = this.#bytes.write(text, at + 1);
    this.size = putLength(this.#bytes, at, 1, at + 1 + length);
  }

  #varint(field: number, value: number): void {
    if (!(value >= 0 && value < 2 ** 64)) throw new RangeError(`Expected a count, got ${value}`);
    this.#bytes[this.size] = asVarint(field);
    this.size = putVarint(this.#bytes, this.size + 1, Math.trunc(value));
  }

  #double(field: number, value: number): void {
    this.#bytes[this.size] = asDouble(field);
    this.#view.setFloat64(this.size + 1, value, true);
    this.size += 1 + DOUBLE_BYTES;
  }

  #room(bytes: number): void {
    const needed = this.size + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** How lines of a metric begin: `name{` or `{"na.me",`, if there are labels. */
function beforeLabels(name: string): { bytes: number; sign: number; isInBraces: boolean } {
  if (isClassicMetricName(name)) return { bytes: name.length, sign: OPEN, isInBraces: false };
  return { bytes: 1 + Buffer.byteLength(metricNameText(name)), sign: COMMA, isInBraces: true };
}

function labelsIn(text: Uint8Array, from: number, to: number): string {
  return Buffer.from(text.buffer, text.byteOffset + from, to - from).toString();
}

const SHOWN_BYTES = 200;

function noLine(name: string, text: Uint8Array, from: number): Error {
  const end = text.indexOf(LINE_BREAK, from);
  const line = Buffer.from(text.subarray(from, end < 0 ? undefined : end)).toString();
  return new Error(
    `Metric ${name}: expected a line of exposition text, got ${JSON.stringify(line.slice(0, SHOWN_BYTES))}`,
  );
}
