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
 * Begins when the gateway is ready for the body: only a process whose turn it still is may go on then. Before the last bytes
 * the turn is looked at once more (`beforeEnd` of a push): of a text in one chunk, which goes all at once, that is enough.
 * Several gateways may read at the same time, each a text of its own.
 * @param sending Is kept up to date.
 */
export async function* textOf(
  chunks: AsyncIterable<ExpositionChunk>,
  turn: Turn,
  sending: Sending,
): AsyncGenerator<TextPiece> {
  const count: { -readonly [Field in keyof Sending]: Sending[Field] } = sending;
  let isFirst = true;
  for await (const { item, isLast } of withLast(chunks)) {
    if (isFirst && !isLast) await turn.keep();
    isFirst = false;
    count.series += item.series;
    const parts = bytesOf(item.text);
    for (const { byteLength } of parts) count.bytes += byteLength;
    yield parts;
  }
  count.isWhole = true;
}

/** Each item with whether others follow, and so one item later. */
async function* withLast<Item>(items: AsyncIterable<Item>): AsyncGenerator<{ item: Item; isLast: boolean }> {
  let before: { item: Item } | undefined;
  for await (const item of items) {
    if (before) yield { ...before, isLast: false };
    before = { item };
  }
  if (before) yield { ...before, isLast: true };
}

/** The chunk that has been read already, then the others. */
export async function* firstAttempt(
  first: ExpositionChunk,
  others: AsyncIterable<ExpositionChunk>,
): AsyncGenerator<ExpositionChunk> {
  yield first;
  yield* others;
}
