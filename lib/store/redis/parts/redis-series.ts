import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailableError } from '../../../errors/index.js';
import {
  definitionShape,
  type FamilyChunk,
  type Group,
  type ResolvedDefinition,
  type Series,
  type StartOf,
  zeroValue,
} from '../../../model/index.js';
import { groupId } from '../../group-id.js';
import type {
  ApplyResult,
  Batch,
  NumberResult,
  ReadOptions,
  SeenValue,
  SeriesStore,
  StoredFamily,
} from '../../series.js';
import type { StoreOptions } from '../../store.js';
import { exemplarsOf } from './exemplars.js';
import { batchArguments, flag, unpackValue } from './packing.js';
import { pairs } from './pairs.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { LivingParts, SHOWN_AT_ONCE } from './living-parts.js';
import type { RedisProcesses } from './redis-processes.js';
import type { RedisRemoval } from './redis-removal.js';
import { Script, type ScriptArgument } from '../connection/script.js';
import { familyField, familyName } from '../family-field.js';
import { StartsOfShelves } from './start-times.js';

/**
 * Lines that one reading takes from Redis at a time, plus one bucket at most. Redis needs two to three milliseconds for
 * them. A series that becomes an object counts four times (reading.lua): it is many lines, and holds up the event loop too.
 */
const CHUNK_LINES = 2_000;
/** Families that one call asks for. For most of them it reads a single hash. */
const FAMILIES_AT_ONCE = 100;
/** One wait for replicas. It holds up the connection, so it is short; a batch that is not confirmed comes again. */
const WAIT_MS = 1_000;
/** Series that one call restores. Each also changes the text that says when the series of its hash began. */
const RESTORED_AT_ONCE = 50;
/** Hashes that one call unlinks; and how long after their replacement an earlier reading may still need them. */
const SWEPT_AT_ONCE = 500;
const SWEPT_AFTER_MS = 60_000;

export class RedisSeries implements SeriesStore {
  readonly #number = new Script('number');
  readonly #apply = new Script('apply', 'starts', 'series', 'native', 'exemplars');
  readonly #confirm = new Script('confirm');
  readonly #families = new Script('families', 'pushing');
  readonly #read = new Script('read', 'starts', 'reading');
  readonly #restoring = new Script('restoring', 'pushing');
  readonly #restore = new Script('restore', 'starts', 'series');
  readonly #sweep = new Script('sweep', 'starts');
  /** Groups of which the last look said that there may be something to sweep. */
  readonly #untidy = new Set<string>();
  /** By group: the families as they were read last, in Redis' order. */
  readonly #known = new Map<string, readonly KnownFamily[]>();

  constructor(
    private readonly redis: RedisAccess,
    private readonly removal: RedisRemoval,
    private readonly processes: RedisProcesses,
    private readonly options: StoreOptions,
  ) {}

  async number(group: Group, writer: string, last: number): Promise<NumberResult> {
    const reply = await this.redis.run(this.#number, group, [writer, last], writer);
    const [first = '', second, isCopy] = (reply as Buffer[]).map(String);
    if (first === 'behind') return { outcome: 'behind', applied: Number(second) };
    return { outcome: 'numbered', writer: first, sequence: Number(second), isCopy: isCopy === '1' };
  }

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    const { notesNew = false, waitForReplicas = 0 } = this.options;
    await this.removal.noteChanges(group, batch);
    const reply = await this.redis.run(this.#apply, group, batchArguments(batch, notesNew), batch.writer);
    const result = resultOf((reply as Buffer[]).map(String));
    const isThere = result.outcome === 'applied' || result.outcome === 'seen';
    if (isThere && waitForReplicas > 0) await this.#confirmed(group, batch, waitForReplicas);
    return result;
  }

  /** A batch that is not confirmed is sent again: it is refused as seen, and replicas are waited for once more. */
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
    return this.familiesIn(group, (await this.redis.run(this.#families, group, [])) as Buffer[]);
  }

  /**
   * What pushing.lua says of all families, with the series that begin-push.lua has read. The same definition at the same
   * place is the same object as last time: each push reads it.
   */
  familiesIn(group: Group, reply: readonly Buffer[], read: readonly SeriesReply[] = []): readonly StoredFamily[] {
    const id = groupId(group);
    if (reply[0]?.toString() === '1') this.#untidy.add(id);
    const before = this.#known.get(id) ?? [];
    const families = Array.from({ length: (reply.length - 1) / 2 }, (_, at) =>
      familyIn(reply[2 * at + 1] as Buffer, reply[2 * at + 2] as Buffer, before[at]),
    );
    this.#known.set(id, families);
    const shelves = new StartsOfShelves();
    return families
      .map(({ definition, generation }, at) => {
        const [series, content = NONE, announced = NONE, starts = NONE, exemplars = NONE] = read[at] ?? UNREAD;
        if (series < 0) return { definition, generation };
        const start = shelves.startOf(definition, generation, starts, series);
        return {
          definition,
          generation,
          chunk: chunkOf({ definition, series, content, announced, exemplars, ...start }),
        };
      })
      .sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  }

  async definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    return (await this.families(group)).map(({ definition }) => definition);
  }

  async *read(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncGenerator<readonly Series[]> {
    const { generation } = options ?? {};
    const shape = generation === undefined ? definitionShape(definition) : '';
    const as = definition.aggregation === undefined ? 'values' : 'parts';
    const family = { definition, layout: (generation as string | undefined) ?? '', shape, as } as const;
    if (generation === '') return;
    for await (const [part] of this.#parts(group, [family], options))
      yield (part as Part).living ?? valuesOf(part as Part);
  }

  async *readText(
    group: Group,
    families: readonly StoredFamily[],
    options?: Omit<ReadOptions, 'generation'>,
  ): AsyncGenerator<readonly FamilyChunk[]> {
    const known = families.flatMap(({ definition, chunk }) =>
      chunk === undefined || sizeOf(chunk) === 0 ? [] : [{ definition, chunk }],
    );
    if (known.length > 0) yield known;
    // One without a layout had no series then.
    const wanted = families.flatMap(({ definition, generation, chunk }): Wanted[] => {
      const isKnown = generation === '' || chunk !== undefined;
      return isKnown ? [] : [{ definition, layout: generation as string, shape: '', as: textOf(definition) }];
    });
    for await (const parts of this.#parts(group, wanted, options)) {
      yield parts.map((part) => ({ definition: part.definition, chunk: chunkOf(part) }));
    }
  }

  /**
   * Gives what read.lua reads, call by call, without families that have no series. A gauge of processes comes when all of it has been
   * read: any bucket may have values of any of its series.
   */
  async *#parts(
    group: Group,
    families: readonly Wanted[],
    { asAnnounced = false, starts, exemplars: wantsExemplars = false }: Omit<ReadOptions, 'generation'> = {},
  ): AsyncGenerator<readonly Part[]> {
    const living = new LivingParts(group, this.processes);
    const left = families.map((family) => ({ ...family, next: 0, buckets: 0 }));
    while (left.length > 0) {
      const asked = left.slice(0, FAMILIES_AT_ONCE);
      const args: ScriptArgument[] = [
        CHUNK_LINES,
        flag(asAnnounced),
        starts?.at ?? '',
        starts?.lostUntil ?? 0,
        starts?.turn ?? '',
        flag(wantsExemplars),
      ];
      for (const { definition, layout, next, buckets, as, shape } of asked) {
        const hasStarts = definition.type !== 'gauge';
        args.push(familyField(definition.name), layout, next, buckets, as, shape, flag(hasStarts));
      }
      const shelves = new StartsOfShelves();
      const replies = (await this.redis.run(this.#read, group, args)) as ReadReply[];
      const parts: Part[] = [];
      replies.forEach(([layout, buckets, next, series, content, announced, packed, exemplars], at) => {
        const family = asked[at] as (typeof left)[number];
        if (next < 0) left.shift();
        // Only the last family of a call may be incomplete.
        else Object.assign(family, { layout: layout.toString(), next, buckets });
        const start = shelves.startOf(family.definition, layout.toString(), packed, series);
        parts.push({ ...family, series, content, announced, exemplars, ...start, isWhole: next < 0 });
      });
      yield* withLiving(parts, living);
    }
    await living.end();
  }

  async restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    return waitingOf((await this.redis.run(this.#restoring, group, [])) as Buffer[]);
  }

  async restore(group: Group, definition: ResolvedDefinition, values: readonly SeenValue[]): Promise<boolean> {
    for (let at = 0; ; at += RESTORED_AT_ONCE) {
      const part = values.slice(at, at + RESTORED_AT_ONCE).flatMap(({ labels, value }) => [labels, value]);
      const isLast = at + RESTORED_AT_ONCE >= values.length;
      const args = [familyField(definition.name), definitionShape(definition), flag(isLast), ...part];
      const isWaiting = (await this.redis.run(this.#restore, group, args)) === 1;
      if (!isWaiting || isLast) return isWaiting;
    }
  }

  async sweep(group: Group): Promise<void> {
    if (!this.#untidy.delete(groupId(group))) return;
    while ((await this.redis.run(this.#sweep, group, [SWEPT_AFTER_MS, SWEPT_AT_ONCE, Date.now()])) === 1);
  }
}

/** A family as pushing.lua tells of it. */
interface KnownFamily {
  /** Name and definition, as they came. */
  readonly stored: Buffer;
  readonly definition: ResolvedDefinition;
  readonly generation: string;
}

/** Nothing is read again that is the same as last time. */
function familyIn(stored: Buffer, layout: Buffer, before: KnownFamily | undefined): KnownFamily {
  if (!before?.stored.equals(stored)) {
    const text = stored.toString();
    const definition = JSON.parse(text.slice(text.indexOf('\n') + 1)) as ResolvedDefinition;
    // A copy: what came is a part of all that came with it.
    return { stored: Buffer.from(stored), definition, generation: layout.toString() };
  }
  const generation = layout.toString();
  return before.generation === generation ? before : { ...before, generation };
}

/** A family as it is asked for: see read.lua. */
interface Wanted {
  readonly definition: ResolvedDefinition;
  readonly layout: string;
  readonly shape: string;
  /** As lines of exposition text; each process' value by itself, as lines too; as labels and values. */
  readonly as: 'lines' | 'parts' | 'values';
}

/** Some series, as reading.lua gives them. */
interface Content {
  readonly definition: ResolvedDefinition;
  readonly series: number;
  readonly content: readonly Buffer[];
  readonly announced: readonly number[];
  readonly exemplars: readonly Buffer[];
  readonly startOf?: StartOf;
  /** Of a gauge of processes: its series as they are shown. */
  readonly living?: readonly Series[];
}

/** `isWhole`: the family ends here. */
type Part = Wanted & Content & { readonly isWhole: boolean };

/** The series of a family that begin-push.lua has read. */
export type SeriesReply = [
  series: number,
  content?: readonly Buffer[],
  announced?: readonly number[],
  starts?: readonly Buffer[],
  exemplars?: readonly Buffer[],
];
const UNREAD: SeriesReply = [-1];
const NONE: readonly never[] = [];

type ReadReply = [
  layout: Buffer,
  buckets: number,
  next: number,
  series: number,
  content: readonly Buffer[],
  announced: readonly number[],
  starts: readonly Buffer[],
  exemplars: readonly Buffer[],
];

/** What the store has as text, for the exposition. */
function textOf({ type, aggregation }: ResolvedDefinition): Wanted['as'] {
  if (aggregation !== undefined) return 'parts';
  return type === 'counter' || type === 'gauge' ? 'lines' : 'values';
}

/** The same, with what is shown of gauges of processes. */
async function* withLiving(parts: readonly Part[], living: LivingParts): AsyncGenerator<readonly Part[]> {
  let ready: Part[] = [];
  for (const part of parts) {
    if (part.as !== 'parts') {
      if (part.series > 0) ready.push(part);
      continue;
    }
    await living.add(part.definition, part.content);
    if (!part.isWhole) continue;
    for (const shown of living.shown()) {
      ready.push({ ...part, living: shown });
      if (shown.length < SHOWN_AT_ONCE) continue;
      yield ready;
      ready = [];
      await nextTurn();
    }
  }
  if (ready.length > 0) yield ready;
}

function chunkOf(part: Content): FamilyChunk['chunk'] {
  const { definition, content, series, startOf, living } = part;
  if (living) return living;
  if (textOf(definition) === 'values') return valuesOf(part);
  const exemplars = exemplarsOf(part.exemplars);
  return { lines: content, series, ...(startOf && { startOf }), ...(exemplars && { exemplars }) };
}

function sizeOf(chunk: FamilyChunk['chunk']): number {
  return 'lines' in chunk ? chunk.series : chunk.length;
}

function valuesOf({ definition, content, announced, startOf, ...part }: Content): readonly Series[] {
  const isAtZero = new Set(announced);
  const exemplars = exemplarsOf(part.exemplars);
  return pairs(content).map(([labels, value], at) => {
    const startMs = startOf?.(labels, 0, labels.length) ?? 0;
    const own = exemplars?.get(labels.toString());
    return {
      labels: labels.toString(),
      value: isAtZero.has(at) ? zeroValue(definition) : unpackValue(definition, value),
      ...(startMs > 0 && { startMs }),
      ...(own && { exemplars: own }),
    };
  });
}

/** What pushing.lua says of families that wait. */
export function waitingOf(reply: readonly Buffer[]): ReadonlyMap<string, number> {
  return new Map(pairs(reply.map(String)).map(([family, waitedMs]) => [familyName(family), Number(waitedMs)]));
}

/** What apply.lua says. */
function resultOf([outcome, ...rest]: readonly string[]): ApplyResult {
  const [first = '', second = ''] = rest;
  switch (outcome) {
    case 'applied':
      return {
        outcome,
        ...(first !== '' && { next: Number(first) }),
        ...(rest.length > 1 && { beside: rest.slice(1).map(familyName) }),
      };
    case 'behind':
      return { outcome, applied: Number(first) };
    case 'undefined':
      return { outcome, families: rest.map(familyName) };
    case 'failed':
      return { outcome, family: familyName(first), reason: second };
    case 'torn':
      return { outcome, reason: first };
    default:
      return { outcome: 'seen' };
  }
}
