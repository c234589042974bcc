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
 * Begins when the gateway is ready for the body: only a process whose turn it still is may go on then. Several gateways may
 * read at the same time, each a body of its own.
 * @param sending Is kept up to date.
 */
export async function* counted<Piece>(
  chunks: AsyncIterable<BodyChunk<Piece>>,
  turn: Turn,
  sending: Sending,
): AsyncGenerator<Piece> {
  const count: { -readonly [Field in keyof Sending]: Sending[Field] } = sending;
  await turn.keep();
  for await (const { piece, series, bytes } of chunks) {
    count.series += series;
    count.bytes += bytes;
    yield piece;
  }
  count.isWhole = true;
}

/** What the store gives at a time. */
export type Reading = readonly FamilyChunk[];

/** Reads until there are series; undefined if there are none. */
export async function firstWithSeries(readings: AsyncIterator<Reading>): Promise<Reading | undefined> {
  for (;;) {
    const reading = await readings.next();
    if (reading.done) return undefined;
    if (reading.value.some(({ chunk }) => ('lines' in chunk ? chunk.series : chunk.length) > 0)) return reading.value;
  }
}

/** What has been read already, then the others. */
export async function* readOn(first: Reading, others: AsyncIterable<Reading>): AsyncGenerator<Reading> {
  yield first;
  yield* others;
}
