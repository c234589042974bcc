import type { ExpositionChunk } from '../exposition/index.js';
import { bytesOf, type TextPiece } from '../model/index.js';
import type { Turn } from './turn.js';

/** What a body holds. */
export interface Count {
  readonly series: number;
  readonly bytes: number;
}

export const NOTHING: Count = { series: 0, bytes: 0 };

/** One attempt to send a text, counted while it is sent. */
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
 * read at the same time, each a text of its own.
 * @param sending Is kept up to date.
 */
export async function* textOf(
  chunks: AsyncIterable<ExpositionChunk>,
  turn: Turn,
  sending: Sending,
): AsyncGenerator<TextPiece> {
  const count: { -readonly [Field in keyof Sending]: Sending[Field] } = sending;
  await turn.keep();
  for await (const { text, series } of chunks) {
    count.series += series;
    const parts = bytesOf(text);
    for (const { byteLength } of parts) count.bytes += byteLength;
    yield parts;
  }
  count.isWhole = true;
}

/** The chunk that has been read already, then the others. */
export async function* firstAttempt(
  first: ExpositionChunk,
  others: AsyncIterable<ExpositionChunk>,
): AsyncGenerator<ExpositionChunk> {
  yield first;
  yield* others;
}
