// The wire format of protobuf, as far as metrics need it: https://protobuf.dev/programming-guides/encoding

/** What precedes a field: its number and how it is written. */
export const asVarint = (field: number): number => field << 3;
export const asDouble = (field: number): number => (field << 3) | 1;
/** Its length, then a text or a message. */
export const asBytes = (field: number): number => (field << 3) | 2;

const MORE = 0x80;
const LOW_BITS = 0x7f;
const VALUES_OF_A_BYTE = 0x80;

/** Bytes that a whole number takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= VALUES_OF_A_BYTE; rest = Math.floor(rest / VALUES_OF_A_BYTE)) size += 1;
  return size;
}

/** Writes a whole number from 0 to 2^64. @returns where it ends */
export function putVarint(out: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest >= VALUES_OF_A_BYTE) {
    out[end++] = (rest & LOW_BITS) | MORE;
    rest = Math.floor(rest / VALUES_OF_A_BYTE);
  }
  out[end++] = rest;
  return end;
}

/** A whole number that may be negative, as one that is not: small ones stay small. */
export function zigzag(value: number): number {
  return value >= 0 ? 2 * value : -2 * value - 1;
}

/**
 * Writes the length of what stands before `end`, where room was left for it. What does not fit the room is moved.
 * @param at Where the room begins.
 * @param room Its bytes.
 * @returns where it ends now
 */
export function putLength(out: Uint8Array, at: number, room: number, end: number): number {
  const length = end - at - room;
  if (room === 1 && length < VALUES_OF_A_BYTE) {
    out[at] = length;
    return end;
  }
  const size = varintSize(length);
  if (size !== room) out.copyWithin(at + size, at + room, end);
  putVarint(out, at, length);
  return end + size - room;
}

const SECOND_MS = 1_000;
const MS_NANOS = 1_000_000;

/** Writes a field that holds a `google.protobuf.Timestamp`. @returns where it ends */
export function putTimestamp(out: Uint8Array, at: number, field: number, unixMs: number): number {
  const length = putVarint(out, at, asBytes(field));
  let end = putVarint(out, length + 1, asVarint(1));
  end = putVarint(out, end, Math.floor(unixMs / SECOND_MS));
  end = putVarint(out, end, asVarint(2));
  end = putVarint(out, end, Math.round((unixMs % SECOND_MS) * MS_NANOS));
  return putLength(out, length, 1, end);
}
