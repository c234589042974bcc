import { pipeline } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import type { RequestBody } from '../../http/index.js';
import { bytesOf, type TextPiece } from '../../model/index.js';
import { JoinedBytes } from './joined-bytes.js';
import { COMPRESSED_BYTES, GZIP_LEVEL, SMALL_BYTES } from './gzip.js';
import type { MessageSource } from './protobuf-body.js';

/**
 * Exposition text in the format 0.0.4, or what makes it piece by piece: called once per attempt to send it, with the gateway's
 * address.
 */
export type ExpositionText = string | ((gateway: string) => AsyncIterable<TextPiece>);

/** The same in each format: a gateway gets the one that it takes. */
export interface BothFormats {
  readonly text: ExpositionText;
  readonly protobuf: MessageSource;
  /** A name in it of a metric or label that is not of the classic form. Default: it has none. */
  readonly utf8Name?: string;
}

/**
 * How much text is compressed at once. Each time costs a trip to another thread and back, and a write to the socket: a push of
 * 100,000 series in pieces of 70 KB needs half as much CPU time again.
 */
const BATCH_BYTES = 1_024 * 1_024;
/** The first batch is small, and each is twice as large as the one before: the gateway begins to read soon. */
const FIRST_BATCH_BYTES = SMALL_BYTES;
const GZIP_HEADER_BYTES = 10;
const NO_TEXT = new Uint8Array(0);

/** A body compressed while it is made: however large, only a batch is in memory. A failing source cuts it short. */
export function gzippedBody(text: ExpositionText, gateway: string): RequestBody {
  return () => gzipped(batchesOf(piecesOf(text, gateway)));
}

async function* gzipped(batches: AsyncGenerator<Uint8Array, undefined>): AsyncGenerator<Buffer> {
  const { value: first = NO_TEXT } = await batches.next();
  // A small first batch is the whole text.
  if (first.byteLength < SMALL_BYTES) yield gzipSync(first, { level: GZIP_LEVEL });
  else yield* gzippedAsStream(withFirst(first, batches));
}

function gzippedAsStream(batches: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  return withoutLoneHeader(
    // The failure also comes out of the last stream, where it is read: there is nothing left to do about it here.
    pipeline(batches, createGzip({ level: GZIP_LEVEL, chunkSize: COMPRESSED_BYTES }), () => undefined),
  );
}

async function* withFirst<Item>(first: Item, others: AsyncIterable<Item>): AsyncGenerator<Item> {
  yield first;
  yield* others;
}

/**
 * zlib gives gzip's header as a chunk of its own. If the body is cut off behind it, a Pushgateway up to 1.5 takes it for an
 * empty text.
 */
async function* withoutLoneHeader(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of compressed) {
    if (start) start = Buffer.concat([start, chunk]);
    if (start && start.byteLength <= GZIP_HEADER_BYTES) continue;
    yield start ?? chunk;
    start = undefined;
  }
}

/** Each batch is valid until the next is asked for, which `pipeline` does when gzip has taken it in. */
async function* batchesOf(pieces: AsyncIterable<readonly Uint8Array[]>): AsyncGenerator<Uint8Array, undefined> {
  const batch = new JoinedBytes();
  let enough = FIRST_BATCH_BYTES;
  for await (const piece of pieces) {
    for (const part of piece) batch.add(part);
    if (batch.size < enough) continue;
    yield batch.take();
    enough = Math.min(enough * 2, BATCH_BYTES);
  }
  if (batch.size > 0) yield batch.take();
}

/** A comment without text. Whatever follows, such a body is neither empty nor valid when only its first byte arrives. */
const PREAMBLE = Buffer.from('#\n');

/**
 * The whole text, made before any of it is sent: a Pushgateway up to 1.5 takes a plain body that is cut off at a line's
 * end for the whole. That can still happen if this process dies while it sends; compressed bodies have no such weakness.
 */
export async function plainBody(text: ExpositionText, gateway: string): Promise<Buffer> {
  const batch = new JoinedBytes();
  batch.add(PREAMBLE);
  for await (const piece of piecesOf(text, gateway)) for (const part of piece) batch.add(part);
  return batch.take();
}

async function* piecesOf(text: ExpositionText, gateway: string): AsyncGenerator<readonly Uint8Array[]> {
  if (typeof text === 'string') yield bytesOf(text);
  else for await (const piece of text(gateway)) yield bytesOf(piece);
}
