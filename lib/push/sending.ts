import type { BodyChunk } from '../exposition/index.js';
import type { FamilyChunk } from '../model/index.js';
import type { Turn } from './turn.js';

/** What a body holds. */
export interface Count {
  readonly series: number;
  readonly bytes: number;
}

export const NOTHING: Count = { series: 0, bytes: 0 };

/** One attempt to send a body, counted while it is sent. */
export interface Sending extends Count {
  /** Address of the gateway. */
  readonly gateway: string;
  /** Whether all of it has been handed over: what is left is the gateway's answer. */
  readonly isWhole: boolean;
}

export function newSending(gateway: string): Sending {
  return { gateway, series: 0, bytes: 0, isWhole: false };
}

/**
 * Counts a body while it is sent. It begins when the gateway is ready for the body: only a process that still has the turn
 * may go on then. Several gateways may read at the same time, each a body of its own.
 * @param sending Is kept up to date.
 * @param isRead Whether all is read already. Then it goes at once: it is enough that the push looks at the turn before the
 * last bytes (`beforeEnd`).
 */
export async function* counted<Piece>(
  chunks: AsyncIterable<BodyChunk<Piece>>,
  turn: Turn,
  sending: Sending,
  isRead: boolean,
): AsyncGenerator<Piece> {
  const count: { -readonly [Field in keyof Sending]: Sending[Field] } = sending;
  if (!isRead) await turn.keep();
  for await (const { piece, series, bytes } of chunks) {
    count.series += series;
    count.bytes += bytes;
    yield piece;
  }
  count.isWhole = true;
}

/** What the store gives at a time. */
export type Reading = readonly FamilyChunk[];

/** What has been read of a group so far. */
export interface Begun {
  readonly readings: readonly Reading[];
  /** Nothing follows. */
  readonly isAll: boolean;
}

/** Reads until there are series, and a step further; undefined if there are none. */
export async function beginReading(readings: AsyncIterator<Reading>): Promise<Begun | undefined> {
  for (;;) {
    const first = await readings.next();
    if (first.done) return undefined;
    if (!first.value.some(({ chunk }) => ('lines' in chunk ? chunk.series : chunk.length) > 0)) continue;
    const second = await readings.next();
    return { readings: second.done ? [first.value] : [first.value, second.value], isAll: second.done === true };
  }
}

/** What has been read already, then the others. */
export async function* readOn(begun: Begun, others: AsyncIterable<Reading>): AsyncGenerator<Reading> {
  yield* begun.readings;
  yield* others;
}
