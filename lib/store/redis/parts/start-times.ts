import type { ResolvedDefinition, StartOf } from '../../../model/index.js';
import { familyField } from '../family-field.js';

/** Bytes of one series: its field, hashed, and the time (starts.lua). */
const ENTRY = 9;
const TIME_AT = 4;
const UPPER_AT = 8;
const UPPER = 2 ** 32;
/** Times are in hundredths of a second. */
const UNIT_MS = 10;
const SHELF = /^(\d+):0:(.*)$/;

/** When series began, told with a reply of Redis: what several families share comes with the first of them. */
export class StartsOfShelves {
  readonly #shelves = new Map<string, readonly Uint8Array[]>();

  /**
   * @param layout `<generation>:0:<shelf>` for a family of few series, `<generation>:<buckets>:...` for others.
   * @param series How many series came with the reply.
   */
  startOf(
    { name, type }: ResolvedDefinition,
    layout: string,
    packed: readonly Uint8Array[],
    series: number,
  ): { startOf?: StartOf } | undefined {
    const [, generation = '', shelf] = SHELF.exec(layout) ?? [];
    if (shelf !== undefined && packed.length > 0) this.#shelves.set(shelf, packed);
    if (type === 'gauge') return undefined;
    const found =
      shelf === undefined
        ? (commonStart(packed, series) ?? startOf(packed))
        : startOf(this.#shelves.get(shelf) ?? [], `${familyField(name)}:${generation}{`);
    return found && { startOf: found };
  }
}

/** If all these series began at the same time, as after a deploy: then nobody has to find each of them. Otherwise undefined. */
function commonStart(packed: readonly Uint8Array[], series: number): StartOf | undefined {
  const bytes = packed.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const first = packed.find(({ byteLength }) => byteLength > 0);
  if (first === undefined || bytes !== series * ENTRY) return undefined;
  for (const part of packed) {
    for (let at = TIME_AT; at < part.byteLength; at += ENTRY) {
      for (let byte = 0; byte < ENTRY - TIME_AT; byte += 1) {
        if (part[at + byte] !== first[TIME_AT + byte]) return undefined;
      }
    }
  }
  const [time = 0] = timesIn([first.subarray(0, ENTRY)]).values();
  return () => time;
}

/**
 * When series began, from what starts.lua notes of the hashes in which they are.
 * @param prefix What stands before the labels in a field of those hashes.
 */
function startOf(packed: readonly Uint8Array[], prefix = ''): StartOf | undefined {
  if (packed.every(({ byteLength }) => byteLength === 0)) return undefined;
  const before = Buffer.from(prefix);
  let times: Map<number, number> | undefined;
  return (labels, from, to) => {
    times ??= timesIn(packed);
    if (before.length === 0) return times.get(fieldHash(labels, from, to)) ?? 0;
    const field = Buffer.concat([before, labels.subarray(from, to)]);
    return times.get(fieldHash(field, 0, field.length)) ?? 0;
  };
}

function timesIn(packed: readonly Uint8Array[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const part of packed) {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    for (let at = 0; at < part.byteLength; at += ENTRY) {
      const hundredths = view.getUint32(at + TIME_AT, true) + view.getUint8(at + UPPER_AT) * UPPER;
      times.set(view.getUint32(at, true), hundredths * UNIT_MS);
    }
  }
  return times;
}

const FACTOR = 1_000_003;
const PRIME = 4_294_967_291;

/** As `start_hash` in starts.lua, which has doubles only: the same roundings. */
export function fieldHash(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  for (let at = from; at < to; at += 4) {
    // What lies behind the end counts as zeros.
    let word = bytes[at] as number;
    if (at + 1 < to) word |= (bytes[at + 1] as number) << 8;
    if (at + 2 < to) word |= (bytes[at + 2] as number) << 16;
    if (at + 3 < to) word |= (bytes[at + 3] as number) << 24;
    const sum = hash * FACTOR + (word >>> 0);
    hash = sum - Math.floor(sum / PRIME) * PRIME;
  }
  return hash >>> 0;
}
