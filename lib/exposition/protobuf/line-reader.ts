import { asBytes, putLength } from './wire.js';

// Exposition text is read byte by byte, without a string or an object for each series. A line break never stands inside a line,
// so nothing reads past the end of a text that ends with one.

export const LINE_BREAK = 0x0a;
export const SPACE = 0x20;
export const OPEN = 0x7b;
const QUOTE = 0x22;
export const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;
const CLOSE = 0x7d;

const LABEL = asBytes(1);
const NAME = asBytes(1);
const VALUE = asBytes(2);

/** As many digits as a double keeps exactly; and so does one divided by a power of ten of that size. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** Reads labels as `LabelPair` messages, and numbers. Names of labels that are not of the classic form stand between quotes. */
export class LineReader {
  /** Where the next byte is read. */
  at = 0;

  /**
   * Writes the labels that stand from {@link at} to a brace, and goes on behind it.
   * @returns where they end; -1 if these are none
   */
  labels(text: Uint8Array, out: Uint8Array, to: number): number {
    let at = this.at;
    let end = to;
    while (text[at] !== CLOSE) {
      // One byte is left for each length: that of the pair, of the name, of the value.
      const pairAt = end + 1;
      const nameAt = end + 3;
      out[end] = LABEL;
      out[end + 2] = NAME;
      end += 4;
      let byte = text[at++] as number;
      if (byte === QUOTE) {
        this.at = at;
        end = this.#quoted(text, out, end);
        if (end < 0) return -1;
        at = this.at;
        byte = text[at++] as number;
        if (byte !== EQUALS) return -1;
      }
      while (byte !== EQUALS && byte !== LINE_BREAK) {
        out[end++] = byte;
        byte = text[at++] as number;
      }
      if (byte === LINE_BREAK || text[at++] !== QUOTE) return -1;
      end = putLength(out, nameAt, 1, end);
      out[end] = VALUE;
      const valueAt = end + 1;
      this.at = at;
      end = this.#quoted(text, out, end + 2);
      if (end < 0) return -1;
      at = this.at;
      end = putLength(out, pairAt, 1, putLength(out, valueAt, 1, end));
      if (text[at] === COMMA) at += 1;
      else if (text[at] !== CLOSE) return -1;
    }
    this.at = at + 1;
    return end;
  }

  /** Writes what stands from {@link at} to a quote, and goes on behind it. @returns where it ends; -1 if there is no quote */
  #quoted(text: Uint8Array, out: Uint8Array, to: number): number {
    let at = this.at;
    let end = to;
    let byte = text[at++] as number;
    while (byte !== QUOTE) {
      if (byte === LINE_BREAK) return -1;
      if (byte === BACKSLASH) {
        byte = text[at++] as number;
        if (byte === LINE_BREAK) return -1;
        if (byte === LETTER_N) byte = LINE_BREAK;
      }
      out[end++] = byte;
      byte = text[at++] as number;
    }
    this.at = at;
    return end;
  }

  /** The number from {@link at} to a space or the end of the line, where it goes on; undefined if it is none. */
  number(text: Uint8Array): number | undefined {
    const begin = this.at;
    const isNegative = text[begin] === MINUS;
    const first = isNegative ? begin + 1 : begin;
    let at = first;
    let digits = 0;
    let byte = text[at] as number;
    while (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
      byte = text[++at] as number;
    }
    let count = at - first;
    let decimals = 0;
    if (byte === POINT) {
      const point = at;
      byte = text[++at] as number;
      while (byte >= ZERO && byte <= NINE) {
        digits = digits * 10 + (byte - ZERO);
        byte = text[++at] as number;
      }
      decimals = at - point - 1;
      count += decimals;
    }
    const isWhole = byte === LINE_BREAK || byte === SPACE;
    if (!isWhole || count === 0 || count > EXACT_DIGITS) return this.#anyNumber(text);
    this.at = at;
    const value = decimals === 0 ? digits : digits / (POWERS_OF_TEN[decimals] as number);
    return isNegative ? -value : value;
  }

  #anyNumber(text: Uint8Array): number | undefined {
    let end = this.at;
    while (text[end] !== LINE_BREAK && text[end] !== SPACE) end += 1;
    const word = String.fromCharCode(...text.subarray(this.at, Math.min(end, this.at + LONGEST_NUMBER)));
    this.at = end;
    const value = SPECIAL.get(word) ?? (PLAIN_NUMBER.test(word) ? Number(word) : undefined);
    return value;
  }
}

/** 2^1023 with all its digits has 309. */
const LONGEST_NUMBER = 400;
const PLAIN_NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
]);
