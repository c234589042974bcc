import { putTimestamp } from './wire.js';

/** Tag and length of the field, then seconds and nanoseconds, each with a tag. */
const TIMESTAMP_BYTES = 24;

/** Writes when series began. Most began at the same time, with a deploy: then the bytes of the last one are copied. */
export class StartWriter {
  readonly #last = new Uint8Array(TIMESTAMP_BYTES);
  #lastMs = 0;
  #lastField = 0;
  #size = 0;

  /** @returns where it ends */
  put(out: Uint8Array, at: number, field: number, startMs: number): number {
    const last = this.#last;
    if (startMs !== this.#lastMs || field !== this.#lastField) {
      this.#size = putTimestamp(last, 0, field, startMs);
      this.#lastMs = startMs;
      this.#lastField = field;
    }
    const size = this.#size;
    for (let byte = 0; byte < size; byte += 1) out[at + byte] = last[byte] as number;
    return at + size;
  }
}
