import type { Exemplar } from '../../model/index.js';
import { LineReader } from './line-reader.js';
import { asBytes, asDouble, putLength, putTimestamp, putVarint } from './wire.js';

/** A value, a time, and what stands before them and the labels. */
const REST_BYTES = 64;
/** A character of the labels is at most three bytes, and the shortest label, `a=""`, becomes 7. */
const BYTES_A_CHARACTER = 6;
const VALUE_AT = 1;
const DOUBLE_BYTES = 8;

/** Bytes that exemplars take at the most. */
export function exemplarBytes(exemplars: readonly Exemplar[] = []): number {
  return exemplars.reduce((sum, { labels }) => sum + labels.length * BYTES_A_CHARACTER + REST_BYTES, 0);
}

/** Writes `Exemplar` messages. */
export class ExemplarWriter {
  readonly #reader = new LineReader();
  /** Labels as text. */
  #scratch = Buffer.allocUnsafeSlow(0);

  /** Writes a field that holds an exemplar; there is room for {@link exemplarBytes}. @returns where it ends */
  put(out: Buffer, at: number, field: number, { labels, value, timeMs }: Exemplar): number {
    const most = 3 * labels.length + 2;
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafeSlow(2 * most);
    this.#scratch.write('}\n', this.#scratch.write(labels));
    const lengthAt = putVarint(out, at, asBytes(field));
    this.#reader.at = 0;
    let end = this.#reader.labels(this.#scratch, out, lengthAt + 1);
    if (end < 0) throw new Error(`Expected labels of an exemplar, got ${JSON.stringify(labels)}`);
    out[end] = asDouble(2);
    out.writeDoubleLE(value, end + VALUE_AT);
    end = putTimestamp(out, end + VALUE_AT + DOUBLE_BYTES, 3, timeMs);
    return putLength(out, lengthAt, 1, end);
  }
}
