import type { ResolvedDefinition, StartOf } from '../../../model/index.js';
import { familyField } from '../family-field.js';

/** Bytes of one series: its field, hashed, and the time (starts.lua). */
const ENTRY = 9;
const TIME_AT = 4;
const UPPER_AT = 8;
const UPPER = 2 ** 32;
/** Times are in hundredths of a second. */
const UNIT_MS = 10;
const SHELF = ':0:';

/** When series began, told with a reply of Redis: what several families share comes with the first of them. */
export class StartsOfShelves {
  readonly #shelves = new Map<string, Times>();

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
    const generation = layout.slice(0, layout.indexOf(':'));
    const shelf = layout.startsWith(SHELF, generation.length)
      ? layout.slice(generation.length + SHELF.length)
      : undefined;
    if (shelf !== undefined && packed.length > 0) this.#shelves.set(shelf, new Times(packed));
    if (type === 'gauge') return undefined;
    const found =
      shelf === undefined
        ? (commonStart(packed, series) ?? startIn(new Times(packed)))
        : startIn(this.#shelves.get(shelf), `${familyField(name)}:${generation}{`);
    return found && { startOf: found };
  }
}

/** If all these series began at the same time, as after a deploy: then nobody has to find each of them. Otherwise undefined. */
function commonStart(packed: readonly Uint8Array[], series: number): StartOf | undefined {
  const bytes = packed.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const first = packed.find(({ byteLength }) => byteLength > 0);
  if (first === undefined || bytes !== series * ENTRY) return undefined;
  // Byte by byte: they lie anywhere, and a view of each part costs more.
  const [a, b, c, d, e] = first.subarray(TIME_AT, ENTRY);
  for (const part of packed) {
    for (let at = TIME_AT; at < part.byteLength; at += ENTRY) {
      const isSame =
        part[at] === a && part[at + 1] === b && part[at + 2] === c && part[at + 3] === d && part[at + 4] === e;
      if (!isSame) return undefined;
    }
  }
  const time = timeAt(viewOf(first), 0);
  return () => time;
}

/** Where fields are put together: of one at a time. */
let scratch = Buffer.allocUnsafeSlow(256);

/** @param prefix What stands before the labels in a field of those hashes. */
function startIn(times: Times | undefined, prefix = ''): StartOf | undefined {
  if (times === undefined || times.isEmpty) return undefined;
  if (prefix === '') return (labels, from, to) => times.of(labels, from, to);
  // It holds no signs of more than one byte.
  const before = prefix.length;
  return (labels, from, to) => {
    const length = before + to - from;
    if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(2 * length);
    scratch.write(prefix, 'latin1');
    scratch.set(labels.subarray(from, to), before);
    return times.of(scratch, 0, length);
  };
}

/** What starts.lua notes of some hashes, found by field once somebody asks. */
class Times {
  #byHash: Map<number, number> | undefined;

  constructor(private readonly packed: readonly Uint8Array[]) {}

  get isEmpty(): boolean {
    return this.packed.every(({ byteLength }) => byteLength === 0);
  }

  /** In Unix milliseconds; 0 if it is not noted. */
  of(field: Uint8Array, from: number, to: number): number {
    return (this.#byHash ??= this.#found()).get(fieldHash(field, from, to)) ?? 0;
  }

  #found(): Map<number, number> {
    const times = new Map<number, number>();
    for (const part of this.packed) {
      const view = viewOf(part);
      for (let at = 0; at < part.byteLength; at += ENTRY) times.set(view.getUint32(at, true), timeAt(view, at));
    }
    return times;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function timeAt(view: DataView, at: number): number {
  return (view.getUint32(at + TIME_AT, true) + view.getUint8(at + UPPER_AT) * UPPER) * UNIT_MS;
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
