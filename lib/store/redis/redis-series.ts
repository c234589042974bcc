import { StoreUnavailableError } from '../../errors/index.js';
import { type Group, type ResolvedDefinition, type SampleLines, type Series, zeroValue } from '../../model/index.js';
import type { ApplyResult, Batch, Clash, ReadOptions, SeriesStore } from '../series.js';
import type { StoreOptions } from '../store.js';
import { batchArguments, flag, pairs, unpackValue } from './packing.js';
import type { RedisAccess } from './redis-access.js';
import type { RedisRemoval } from './redis-removal.js';
import { Script } from './script.js';

/** Series that one reading takes from Redis at a time, and a bucket more at the most: two to three milliseconds of Redis. */
const CHUNK_LINES = 2_000;
/** Fewer where each becomes an object, and that many lines, in this process: its event loop is held up too. */
const CHUNK_SERIES = 500;
/** One wait for replicas. The connection is held up so long, so it is short; a batch that is not confirmed comes again. */
const WAIT_MS = 1_000;

export class RedisSeries implements SeriesStore {
  readonly #apply = new Script('apply');
  readonly #confirm = new Script('confirm');
  readonly #definitions = new Script('definitions');
  readonly #read = new Script('read');
  readonly #restoring = new Script('restoring');

  constructor(
    private readonly redis: RedisAccess,
    private readonly removal: RedisRemoval,
    private readonly options: StoreOptions,
  ) {}

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    const { announces = false, waitForReplicas = 0 } = this.options;
    await this.removal.noteChanges(group, batch);
    const reply = await this.redis.run(this.#apply, group, batchArguments(batch, announces), batch.writer);
    const [outcome, ...rest] = (reply as Buffer[]).map(String);
    switch (outcome) {
      case 'undefined':
        return { outcome, families: rest };
      case 'clash':
        return { outcome, clashes: pairs(rest).map(([family, storedShape]): Clash => ({ family, storedShape })) };
      default:
        if (waitForReplicas > 0) await this.#confirmed(group, batch, waitForReplicas);
        return { outcome: outcome === 'seen' ? 'seen' : 'applied' };
    }
  }

  /** Sent again as unconfirmed, a batch is refused as seen, and waited for once more. */
  async #confirmed(group: Group, { writer, sequence }: Batch, expected: number): Promise<void> {
    const { address } = this.redis.connection;
    const [isThere, replicas] = await this.redis.runAndWait(this.#confirm, group, [writer, sequence], {
      replicas: expected,
      timeoutMs: WAIT_MS,
      lane: writer,
    });
    if (isThere !== 1) throw new StoreUnavailableError(`Redis ${address} lost a batch in a failover`);
    if (replicas < expected) {
      const wish = `expected ${expected} replicas to have a batch (pushgateway.waitForReplicas)`;
      throw new StoreUnavailableError(`Redis ${address}: ${wish}, got ${replicas} in ${WAIT_MS} ms`);
    }
  }

  async definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    const reply = await this.redis.run(this.#definitions, group, []);
    return pairs((reply as Buffer[]).map(String))
      .map(([, stored]) => JSON.parse(stored.slice(stored.indexOf('\n') + 1)) as ResolvedDefinition)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *read(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncGenerator<readonly Series[]> {
    for await (const { content, announced } of this.#chunks(group, definition, '', options)) {
      const isAtZero = new Set(announced);
      yield pairs(content as Buffer[]).map(([labels, value], at) => ({
        labels: labels.toString(),
        value: isAtZero.has(at) ? zeroValue(definition) : unpackValue(definition, value),
      }));
    }
  }

  readText(
    group: Group,
    definition: ResolvedDefinition,
    options?: ReadOptions,
  ): AsyncGenerator<readonly Series[] | SampleLines> {
    const isNumber = definition.type === 'counter' || definition.type === 'gauge';
    return isNumber ? this.#readLines(group, definition, options) : this.read(group, definition, options);
  }

  async *#readLines(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncGenerator<SampleLines> {
    for await (const { content, series } of this.#chunks(group, definition, definition.name, options)) {
      yield { lines: content as Buffer[], series };
    }
  }

  /** What read.lua gives, call by call: see there for `name`, content and announced. */
  async *#chunks(
    group: Group,
    definition: ResolvedDefinition,
    name: string,
    { asAnnounced = false }: ReadOptions = {},
  ): AsyncGenerator<{ content: unknown; series: number; announced: readonly number[] }> {
    const limit = name === '' ? CHUNK_SERIES : CHUNK_LINES;
    let bucketCount = 0;
    let next = 0;
    while (next >= 0) {
      const args = [definition.name, next, bucketCount, limit, name, flag(asAnnounced)];
      const reply = await this.redis.run(this.#read, group, args);
      const [count, following, series, content, announced] = reply as [number, number, number, unknown, number[]];
      bucketCount = count;
      next = following;
      if (series > 0) yield { content, series, announced };
    }
  }

  async restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    const reply = await this.redis.run(this.#restoring, group, []);
    const [now, ...waiting] = (reply as Buffer[]).map(String);
    return new Map(pairs(waiting).map(([family, since]) => [family, Number(now) - Number(since)]));
  }
}
