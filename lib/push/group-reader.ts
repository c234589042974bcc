import type { UpdateBuffers } from '../buffer/index.js';
import type { BodyChunk } from '../exposition/index.js';
import {
  bytesOf,
  type FamilyChunk,
  type Group,
  type MetricFamily,
  type ResolvedDefinition,
  type Series,
} from '../model/index.js';
import { plainMessages } from '../gateway/index.js';
import { readGroup, type View } from '../snapshot/index.js';
import type { SeriesStore, StoredFamily } from '../store/index.js';
import { loadExposition } from './load-exposition.js';
import { readAhead } from './read-ahead.js';

/** Reads the groups of this application back from the store, what this process has just counted included. */
export class GroupReader {
  readonly #groups: ReadonlyMap<string, Group>;

  constructor(
    groups: readonly Group[],
    private readonly buffers: UpdateBuffers,
    private readonly store: SeriesStore,
  ) {
    this.#groups = new Map(groups.map((group) => [group.job, group]));
  }

  groupOf(job: string): Group {
    return this.#groups.get(job) as Group;
  }

  /**
   * What a job has, read from the store while it is consumed.
   * @param families Those that it has, if they are known already.
   */
  readings(job: string, view?: View, families?: readonly StoredFamily[]): AsyncGenerator<readonly FamilyChunk[]> {
    return readAhead(readGroup(this.store, this.groupOf(job), view, families));
  }

  /** Exposition text of a job, whole. */
  async text(job: string): Promise<string> {
    await this.flush(job);
    const { formatFamilies } = await loadExposition();
    const pieces: Uint8Array[] = [];
    for await (const { piece } of formatFamilies(this.readings(job), this.now)) pieces.push(...bytesOf(piece));
    return Buffer.concat(pieces).toString();
  }

  /** What a push as protobuf would bring, whole. */
  async messages(job: string): Promise<Buffer> {
    await this.flush(job);
    const { formatMessages } = await loadExposition();
    return plainMessages(() => piecesOf(formatMessages(this.readings(job), this.now)), '');
  }

  /** One family of a job. */
  async family(job: string, definition: ResolvedDefinition): Promise<MetricFamily> {
    await this.flush(job);
    const series: Series[] = [];
    for await (const chunk of this.store.read(this.groupOf(job), definition)) series.push(...chunk);
    const { familyOf } = await loadExposition();
    return familyOf(definition, series, this.buffers.clock.now());
  }

  /** The families of a job with their series as objects, one after the other, read from the store while they are consumed. */
  async *families(
    job: string,
  ): AsyncGenerator<{ definition: ResolvedDefinition; chunks: AsyncIterable<readonly Series[]> }> {
    await this.flush(job);
    for (const { definition, generation } of await this.store.families(this.groupOf(job))) {
      yield { definition, chunks: this.store.read(this.groupOf(job), definition, { generation }) };
    }
  }

  /** The store's time, in Unix milliseconds: by it summaries forget. */
  get now(): number {
    return this.buffers.clock.now();
  }

  /** The metrics a job has, whoever defined them. */
  async definitions(job: string): Promise<readonly ResolvedDefinition[]> {
    await this.flush(job);
    return this.store.definitions(this.groupOf(job));
  }

  /** Sends what this process has counted. @throws StoreUnavailableError */
  async flush(job: string): Promise<void> {
    // What is read next is shown as of now, by the store's clock.
    const learning = this.buffers.clock.learn(this.groupOf(job));
    try {
      await this.buffers.of(job).flush();
    } finally {
      await learning;
    }
  }
}

async function* piecesOf<Piece>(chunks: AsyncIterable<BodyChunk<Piece>>): AsyncGenerator<Piece> {
  for await (const { piece } of chunks) yield piece;
}
