import type {
  FamilyChunk,
  HistogramValue,
  MessagePiece,
  ResolvedDefinition,
  Series,
  SummaryValue,
} from '../../model/index.js';
import type { BodyChunk } from '../body-chunk.js';
import { quantilesOf } from '../samples.js';
import { MessageWriter } from './message-writer.js';
import { putVarint, varintSize } from './wire.js';

type MessageChunk = BodyChunk<MessagePiece>;

/** The first piece is small, and each is twice as large as the one before: the gateway begins to read soon. */
const FIRST_PIECE_BYTES = 64 * 1_024;
/** Each piece is compressed by itself: of smaller ones more is left. */
const PIECE_BYTES = 1_024 * 1_024;

/**
 * The same as `formatFamilies` in protobuf: one message for each family. A family without series is left out. `now` in
 * Unix milliseconds.
 */
export async function* formatMessages(
  readings: AsyncIterable<readonly FamilyChunk[]>,
  now: number,
): AsyncGenerator<MessageChunk> {
  const body = new MessageBody(now);
  for await (const reading of readings) {
    for (const { definition, chunk } of reading) {
      if (('lines' in chunk ? chunk.series : chunk.length) === 0) continue;
      if (body.open !== definition.name) {
        // Most families are small: then there is nothing to give yet, and no generator to be made.
        if (!body.close()) yield* body.closed();
        body.begin(definition);
      }
      if ('lines' in chunk) {
        // Of several parts nobody knows how many lines each has.
        for (const part of chunk.lines) {
          body.writer.lines(definition, part, chunk);
          if (body.isFull) yield* body.full();
        }
        body.series += chunk.series;
      } else {
        for (const one of chunk) {
          body.add(definition, one);
          if (body.isFull) yield* body.full();
        }
      }
    }
  }
  yield* body.end();
}

class MessageBody {
  readonly writer = new MessageWriter();
  /** Series that are shown since the last piece. */
  series = 0;
  /** The family that is not at its end. */
  open: string | undefined;
  /** Where the family begins that is not at its end, after those that are. */
  #openAt = 0;
  /** How much of that family has been given already. */
  #given = 0;
  #enough = FIRST_PIECE_BYTES;
  readonly #seen = new Set<string>();

  constructor(private readonly now: number) {}

  /** The one before is at its end. */
  begin(definition: ResolvedDefinition): void {
    const { name } = definition;
    // A gateway would take the last of the two for the whole.
    if (this.#seen.has(name)) throw new Error(`Metric ${name} came in two parts with others between`);
    this.#seen.add(name);
    this.open = name;
    this.writer.head(definition);
  }

  add(definition: ResolvedDefinition, series: Series): void {
    const { labels, value, startMs } = series;
    if (definition.type === 'histogram') this.writer.histogram(definition, series as Series<HistogramValue>);
    else if (definition.type === 'summary') {
      const summary = value as SummaryValue;
      const quantiles = quantilesOf(definition, summary, this.now);
      this.writer.summary(labels, quantiles, summary.sum, summary.count, startMs);
    } else this.writer.number(definition, series as Series<number>);
    this.series += 1;
  }

  /** Whether there is enough for a piece. */
  get isFull(): boolean {
    return this.writer.size >= this.#enough;
  }

  /** What has been written: the families that are at their end, and what there is of the last, if that is much. */
  *full(): Generator<MessageChunk> {
    yield* this.#finished();
    if (this.writer.size < this.#enough / 2) return;
    yield this.#piece({ bytes: this.writer.bytes, isOpen: true });
    this.#given += this.writer.size;
    this.writer.size = 0;
    this.#grow();
  }

  *end(): Generator<MessageChunk> {
    if (!this.close()) yield* this.closed();
    yield* this.#finished();
  }

  /** Ends the open family, if there is one. @returns false if a piece is to be given now, by {@link closed} */
  close(): boolean {
    if (this.open === undefined) return true;
    this.open = undefined;
    if (this.#given > 0) return false;
    this.writer.prefix(this.#openAt);
    this.#openAt = this.writer.size;
    return this.#openAt < this.#enough;
  }

  *closed(): Generator<MessageChunk> {
    if (this.#given > 0) {
      const length = this.#given + this.writer.size;
      const prefix = new Uint8Array(varintSize(length));
      putVarint(prefix, 0, length);
      yield this.#piece({ bytes: this.writer.bytes, prefix });
      this.writer.size = 0;
      this.#given = 0;
      this.#openAt = 0;
    }
    if (this.#openAt >= this.#enough) yield* this.#finished();
  }

  *#finished(): Generator<MessageChunk> {
    if (this.#openAt === 0) return;
    yield this.#piece({ bytes: this.writer.bytes.subarray(0, this.#openAt) });
    this.writer.drop(this.#openAt);
    this.#openAt = 0;
    this.#grow();
  }

  #piece(piece: MessagePiece): MessageChunk {
    const { series } = this;
    this.series = 0;
    return { piece, series, bytes: piece.bytes.byteLength + (piece.prefix?.byteLength ?? 0) };
  }

  #grow(): void {
    this.#enough = Math.min(this.#enough * 2, PIECE_BYTES);
  }
}
