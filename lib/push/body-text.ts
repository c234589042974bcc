import type { ExpositionChunk } from '../exposition/index.js';
import { bytesOf, type TextPiece } from '../model/index.js';
import type { Turn } from './turn.js';

/** What a body holds. */
export interface Count {
  readonly series: number;
  readonly bytes: number;
}

export const NOTHING: Count = { series: 0, bytes: 0 };

/**
 * Begins when the gateway is ready for the body: only a process whose turn it still is may go on then. Several gateways may
 * read at the same time, each a text of its own.
 */
export async function* textOf(
  chunks: AsyncIterable<ExpositionChunk>,
  turn: Turn,
  whole: (count: Count) => void,
): AsyncGenerator<TextPiece> {
  await turn.keep();
  const count = { series: 0, bytes: 0 };
  for await (const { text, series } of chunks) {
    count.series += series;
    const parts = bytesOf(text);
    for (const { byteLength } of parts) count.bytes += byteLength;
    yield parts;
  }
  whole(count);
}

/** The chunk that has been read already, then the others. */
export async function* firstAttempt(
  first: ExpositionChunk,
  others: AsyncIterable<ExpositionChunk>,
): AsyncGenerator<ExpositionChunk> {
  yield first;
  yield* others;
}
