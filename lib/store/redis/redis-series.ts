import { StoreUnavailableError } from '../../errors/index.js';
import {
  definitionShape,
  type Group,
  type ResolvedDefinition,
  type SampleLines,
  type Series,
  zeroValue,
} from '../../model/index.js';
import { groupId } from '../group-id.js';
import type { ApplyResult, Batch, NumberResult, ReadOptions, SeenValue, SeriesStore, StoredFamily } from '../series.js';
import type { StoreOptions } from '../store.js';
import { batchArguments, flag, pairs, unpackValue } from './packing.js';
import type { RedisAccess } from './redis-access.js';
import type { RedisRemoval } from './redis-removal.js';
import { Script, type ScriptArgument } from './script.js';

/** Series that one reading takes from Redis at a time, and a bucket more at the most: two to three milliseconds of Redis. */
const CHUNK_LINES = 2_000;
/** Fewer where each becomes an object, and that many lines, in this process: its event loop is held up too. */
const CHUNK_SERIES = 500;
/** One wait for replicas. The connection is held up so long, so it is short; a batch that is not confirmed comes again. */
const WAIT_MS = 1_000;
/** Series that one call gives back what they had. */
const RESTORED_AT_ONCE = 200;
/** Hashes that one call unlinks, and how long a reading may need them that began before they were replaced. */
const SWEPT_AT_ONCE = 500;
const SWEPT_AFTER_MS = 60_000;

export class RedisSeries implements SeriesStore {
  readonly #number = new Script('number');
  readonly #apply = new Script('apply', 'series');
  readonly #confirm = new Script('confirm');
  readonly #families = new Script('families');
  readonly #read = new Script('read');
  readonly #restoring = new Script('restoring');
  readonly #restore = new Script('restore', 'series');
  readonly #distrust = new Script('distrust');
  readonly #sweep = new Script('sweep');
  /** Groups of which the last look said that there may be something to sweep. */
  readonly #untidy = new Set<string>();

  constructor(
    private readonly redis: RedisAccess,
    private readonly removal: RedisRemoval,
    private readonly options: StoreOptions,
  ) {}

  async number(group: Group, writer: string, last: number): Promise<NumberResult> {
    const reply = await this.redis.run(this.#number, group, [writer, last], writer);
    const [first = '', second, isCopy] = (reply as Buffer[]).map(String);
    if (first === 'behind') return { outcome: 'behind', applied: Number(second) };
    return { outcome: 'numbered', writer: first, sequence: Number(second), isCopy: isCopy === '1' };
  }

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    const { announces = false, waitForReplicas = 0 } = this.options;
    await this.removal.noteChanges(group, batch);
    const reply = await this.redis.run(this.#apply, group, batchArguments(batch, announces), batch.writer);
    const result = resultOf((reply as Buffer[]).map(String));
    const isThere = result.outcome === 'applied' || result.outcome === 'seen';
    if (isThere && waitForReplicas > 0) await this.#confirmed(group, batch, waitForReplicas);
    return result;
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

  async families(group: Group): Promise<readonly StoredFamily[]> {
    const reply = await this.redis.run(this.#families, group, []);
    const [isUntidy, ...families] = (reply as Buffer[]).map(String);
    if (isUntidy === '1') this.#untidy.add(groupId(group));
    return pairs(families)
      .map(([stored, generation]) => ({
        definition: JSON.parse(stored.slice(stored.indexOf('\n') + 1)) as ResolvedDefinition,
        generation,
      }))
      .sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  }

  async definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    return (await this.families(group)).map(({ definition }) => definition);
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
    { asAnnounced = false, generation }: ReadOptions = {},
  ): AsyncGenerator<{ content: unknown; series: number; announced: readonly number[] }> {
    const limit = name === '' ? CHUNK_SERIES : CHUNK_LINES;
    const shape = generation === undefined ? definitionShape(definition) : '';
    let layout: ScriptArgument = (generation as string | undefined) ?? '';
    // It had no series then.
    if (generation === '') return;
    let bucketCount = 0;
    let next = 0;
    while (next >= 0) {
      const args = [definition.name, layout, next, bucketCount, limit, name, flag(asAnnounced), shape];
      const reply = await this.redis.run(this.#read, group, args);
      const [read, count, following, series, content, announced] = reply as ReadReply;
      layout = read;
      bucketCount = count;
      next = following;
      if (series > 0) yield { content, series, announced };
    }
  }

  async restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    const reply = await this.redis.run(this.#restoring, group, []);
    return new Map(pairs((reply as Buffer[]).map(String)).map(([family, waitedMs]) => [family, Number(waitedMs)]));
  }

  async restore(group: Group, definition: ResolvedDefinition, values: readonly SeenValue[]): Promise<boolean> {
    for (let at = 0; ; at += RESTORED_AT_ONCE) {
      const part = values.slice(at, at + RESTORED_AT_ONCE).flatMap(({ labels, value }) => [labels, value]);
      const isLast = at + RESTORED_AT_ONCE >= values.length;
      const args = [definition.name, definitionShape(definition), flag(isLast), ...part];
      const isWaiting = (await this.redis.run(this.#restore, group, args)) === 1;
      if (!isWaiting || isLast) return isWaiting;
    }
  }

  async distrust(group: Group): Promise<void> {
    await this.redis.run(this.#distrust, group, []);
  }

  async sweep(group: Group): Promise<void> {
    if (!this.#untidy.delete(groupId(group))) return;
    while ((await this.redis.run(this.#sweep, group, [SWEPT_AFTER_MS, SWEPT_AT_ONCE, Date.now()])) === 1);
  }
}

type ReadReply = [layout: Buffer, count: number, next: number, series: number, content: unknown, announced: number[]];

/** What apply.lua says. */
function resultOf([outcome, ...rest]: readonly string[]): ApplyResult {
  const [first = '', second = ''] = rest;
  switch (outcome) {
    case 'applied':
      return {
        outcome,
        ...(first !== '' && { next: Number(first) }),
        ...(rest.length > 1 && { beside: rest.slice(1) }),
      };
    case 'behind':
      return { outcome, applied: Number(first) };
    case 'undefined':
      return { outcome, families: rest };
    case 'failed':
      return { outcome, family: first, reason: second };
    case 'torn':
      return { outcome, reason: first };
    default:
      return { outcome: 'seen' };
  }
}
