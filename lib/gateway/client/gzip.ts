import { constants, crc32, deflateRaw, deflateRawSync } from 'node:zlib';

/**
 * Bodies repeat themselves: level 1 shrinks 100,000 series 9.5-fold, the default level 10.6-fold in three times the time.
 */
export const GZIP_LEVEL = 1;
/** Room for what a piece shrinks to, so that it comes in one part. */
export const COMPRESSED_BYTES = 160 * 1_024;

const LEAST_BYTES = 1_024;
/** Less than that is compressed at once: another thread costs more than it takes. */
export const SMALL_BYTES = 64 * 1_024;

/** RFC 1952: deflate, no name, no time, no system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** RFC 1951: a last block that holds nothing. */
const LAST_BLOCK = [3, 0];
/** A block that is not compressed: its kind, its length, its length inverted. */
const STORED_HEADER_BYTES = 5;
const TRAILER_BYTES = 8;

/** Compressed bytes. Other segments may stand before them and after them. */
export interface Segment {
  readonly compressed: Buffer;
  /** Bytes before compression. */
  readonly size: number;
  readonly crc: number;
}

/** @param bytes Must stay as they are until this is done. */
export function segmentOf(bytes: Uint8Array): Promise<Segment> {
  const { byteLength: size } = bytes;
  const chunkSize = Math.min(COMPRESSED_BYTES, size + LEAST_BYTES);
  const options = { level: GZIP_LEVEL, chunkSize, finishFlush: constants.Z_SYNC_FLUSH };
  const crc = crc32(bytes);
  if (size < SMALL_BYTES) return Promise.resolve({ compressed: deflateRawSync(bytes, options), size, crc });
  return new Promise((resolve, reject) => {
    deflateRaw(bytes, options, (error, compressed) => {
      if (error) reject(error);
      else resolve({ compressed, size, crc });
    });
  });
}

/** Up to 65,535 bytes, not compressed. */
export function plainSegmentOf(bytes: Uint8Array): Segment {
  const { byteLength: size } = bytes;
  const compressed = Buffer.alloc(STORED_HEADER_BYTES + size);
  compressed.writeUInt16LE(size, 1);
  compressed.writeUInt16LE(0xffff - size, 3);
  compressed.set(bytes, STORED_HEADER_BYTES);
  return { compressed, size, crc: crc32(bytes) };
}

/** Something to send that stands for nothing. */
export const NOTHING_YET = plainSegmentOf(new Uint8Array(0)).compressed;

/** Puts segments together to one stream of gzip; a cut anywhere in it is seen by whoever reads it. */
export class Gzip {
  static readonly header = HEADER;
  #size = 0;
  #crc = 0;

  /** Takes the next segment into account. @returns what is to be sent of it */
  add({ compressed, size, crc }: Segment): Buffer {
    this.#crc = joinedCrc(this.#crc, crc, size);
    this.#size += size;
    return compressed;
  }

  /** What comes after the last segment. */
  end(): Buffer {
    const end = Buffer.alloc(LAST_BLOCK.length + TRAILER_BYTES);
    end.set(LAST_BLOCK);
    end.writeUInt32LE(this.#crc, LAST_BLOCK.length);
    end.writeUInt32LE(this.#size % 2 ** 32, LAST_BLOCK.length + 4);
    return end;
  }
}

// CRC-32 as zlib has it: the first bit of a number is the coefficient of x^0.
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const BYTE_LATER = 0x00800000;

/**
 * CRC-32 of two texts, one after the other, made from the CRC-32 of each: the first is shifted by the length of the second
 * text.
 */
function joinedCrc(first: number, second: number, secondSize: number): number {
  let shift = ONE;
  let power = BYTE_LATER;
  for (let bytes = secondSize; bytes > 0; bytes = Math.floor(bytes / 2)) {
    if (bytes % 2 === 1) shift = product(shift, power);
    power = product(power, power);
  }
  return (product(shift, first) ^ second) >>> 0;
}

/** Multiplies two polynomials, modulo that of CRC-32. */
function product(one: number, other: number): number {
  let sum = 0;
  let shifted = other;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((one & bit) !== 0) sum ^= shifted;
    shifted = (shifted >>> 1) ^ ((shifted & 1) === 1 ? POLYNOMIAL : 0);
  }
  return sum >>> 0;
}
