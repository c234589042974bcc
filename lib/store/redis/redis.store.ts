import { randomUUID } from 'node:crypto';
import { StoreUnavailableError } from '../../errors/index.js';
import {
  definitionShape,
  type Group,
  groupingLabels,
  groupOf,
  type ResolvedDefinition,
  type SampleLines,
  type Series,
  zeroValue,
} from '../../model/index.js';
import type { RedisConnection } from '../../options/index.js';
import type {
  ApplyResult,
  Batch,
  Clash,
  Ledger,
  PushTurn,
  ReadOptions,
  Store,
  StoreFacts,
  StoreOptions,
  Update,
} from '../store.js';
import { diagnose } from './diagnose.js';
import { groupKeys, type GroupKeys, instanceKeys } from './keys.js';
import { packHistogram, packSummary, unpackValue } from './packing.js';
import { RedisConnectionHolder } from './redis-connection.js';
import { Script, type ScriptArgument } from './script.js';

/** Series that one reading takes from Redis at a time, and a bucket more at the most: less than two milliseconds of Redis. */
const CHUNK_LINES = 1_400;
/** Fewer where each becomes an object, and that many lines, in this process: its event loop is held up too. */
const CHUNK_SERIES = 500;
/** Series that one call of expire.lua removes at the most. */
const EXPIRE_AT_A_TIME = 1_000;
/** One wait for replicas. The connection is held up so long, so it is short; a batch that is not confirmed comes again. */
const WAIT_MS = 1_000;

/** The store in Redis: one Lua script per operation, all keys of a group in one hash slot. */
export class RedisStore implements Store {
  readonly #redis: RedisConnectionHolder;
  readonly #keyPrefix: string;
  readonly #apply = new Script('apply');
  readonly #confirm = new Script('confirm');
  readonly #read = new Script('read');
  readonly #restoring = new Script('restoring');
  readonly #takeTurn = new Script('take-turn');
  readonly #keepTurn = new Script('keep-turn');
  readonly #endTurn = new Script('end-turn');
  readonly #ledger = new Script('ledger');
  readonly #announce = new Script('announce');
  readonly #instances = new Script('instances');
  readonly #removeGroup = new Script('remove-group');
  readonly #touch = new Script('touch');
  readonly #expire = new Script('expire');
  readonly #options: StoreOptions;

  constructor(connection: RedisConnection, keyPrefix: string, options: StoreOptions = {}) {
    this.#options = options;
    this.#redis = new RedisConnectionHolder(connection);
    this.#keyPrefix = keyPrefix;
  }

  get address(): string {
    return this.#redis.address;
  }

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    if (this.#options.seriesTtlMs !== undefined) await this.#touchSeries(group, batch);
    const { writers, seen, families, buckets, series, restore, new: made } = this.#keys(group);
    const keys = [writers, seen, families, buckets, series, restore, ...(this.#options.announces ? [made] : [])];
    const reply = await this.#redis.run((client) => this.#apply.run(client, keys, batchArguments(batch)), batch.writer);
    const [outcome, ...rest] = (reply as Buffer[]).map(String);
    switch (outcome) {
      case 'undefined':
        return { outcome, families: rest };
      case 'clash':
        return { outcome, clashes: pairs(rest).map(([family, storedShape]): Clash => ({ family, storedShape })) };
      default:
        if ((this.#options.waitForReplicas ?? 0) > 0) await this.#confirmed(writers, batch);
        return { outcome: outcome === 'seen' ? 'seen' : 'applied' };
    }
  }

  /** Sent again as unconfirmed, a batch is refused as seen, and waited for once more. */
  async #confirmed(writers: string, { writer, sequence }: Batch): Promise<void> {
    const [isThere, replicas] = await this.#redis.run(
      (client) =>
        this.#confirm.runAndWait(client, [writers], [writer, sequence], this.#options.waitForReplicas ?? 0, WAIT_MS),
      writer,
    );
    if (isThere !== 1) throw new StoreUnavailableError(`Redis ${this.address} lost a batch in a failover`);
    if (replicas < (this.#options.waitForReplicas ?? 0)) {
      const expected = `${this.#options.waitForReplicas ?? 0} replicas to have a batch (pushgateway.waitForReplicas)`;
      throw new StoreUnavailableError(`Redis ${this.address}: expected ${expected}, got ${replicas} in ${WAIT_MS} ms`);
    }
  }

  async definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    const stored = await this.#redis.run((client) => client.hvals(this.#keys(group).families));
    return stored
      .map((text) => JSON.parse(text.slice(text.indexOf('\n') + 1)) as ResolvedDefinition)
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
      yield { lines: content as Buffer, series };
    }
  }

  /** What read.lua gives, call by call: see there for `name`, content and announced. */
  async *#chunks(
    group: Group,
    definition: ResolvedDefinition,
    name: string,
    { asAnnounced = false }: ReadOptions = {},
  ): AsyncGenerator<{ content: unknown; series: number; announced: readonly number[] }> {
    const { buckets, series: prefix, new: made } = this.#keys(group);
    const keys = [buckets, prefix, ...(asAnnounced ? [made] : [])];
    let bucketCount = 0;
    let next = 0;
    while (next >= 0) {
      const args = [definition.name, next, bucketCount, name === '' ? CHUNK_SERIES : CHUNK_LINES, name];
      const reply = await this.#run(this.#read, keys, args);
      const [count, following, series, content, announced] = reply as [number, number, number, unknown, number[]];
      bucketCount = count;
      next = following;
      if (series > 0) yield { content, series, announced };
    }
  }

  async releaseAnnounced(group: Group, shownForMs: number): Promise<void> {
    const { new: made, shown } = this.#keys(group);
    await this.#run(this.#announce, [made, shown], ['release', shownForMs]);
  }

  async noteShown(group: Group, takenAt: number): Promise<void> {
    const { new: made, shown } = this.#keys(group);
    await this.#run(this.#announce, [made, shown], ['shown', takenAt]);
  }

  async restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    const reply = await this.#run(this.#restoring, [this.#keys(group).restore], []);
    const [now, ...fields] = (reply as Buffer[]).map(String);
    const families = pairs(fields).filter(([field]) => !field.includes('{') && field !== '*');
    return new Map(families.map(([family, since]) => [family, Number(now) - Number(since)]));
  }

  async takeTurn(group: Group, ttlMs: number): Promise<PushTurn> {
    const { turn, pushed } = this.#keys(group);
    const token = randomUUID();
    const reply = await this.#run(this.#takeTurn, [turn, pushed], [token, ttlMs]);
    const [taken, now, lastPushedAt, busyForMs] = (reply as Buffer[]).map(Number) as [number, number, number, number];
    return { ...(taken === 1 && { token }), now, lastPushedAt, busyForMs };
  }

  async keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean> {
    return (await this.#run(this.#keepTurn, [this.#keys(group).turn], [token, ttlMs])) === 1;
  }

  async endTurn(group: Group, token: string, pushedAt?: number): Promise<void> {
    const { turn, pushed } = this.#keys(group);
    await this.#run(this.#endTurn, [turn, pushed], [token, pushedAt ?? '']);
  }

  async readLedger(group: Group): Promise<Ledger> {
    const reply = await this.#ledgerScript(group, 'read');
    return ledgerOf((reply as Buffer[]).map(String));
  }

  async noteHolder(group: Group, token: string, gateway: string): Promise<boolean> {
    return ((await this.#ledgerScript(group, 'hold', token, gateway)) as number) >= 0;
  }

  async noteSilence(group: Group, token: string, silentForMs: number | undefined): Promise<number | undefined> {
    const args = silentForMs === undefined ? ['heard', token] : ['silent', token, String(silentForMs)];
    const silentMs = (await this.#ledgerScript(group, ...args)) as number;
    return silentMs < 0 ? undefined : silentMs;
  }

  async strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    await this.#ledgerScript(group, 'strike', '', gateway, hold);
  }

  async beat(process: string, groups: readonly Group[]): Promise<void> {
    await this.#instancesScript(['beat', process, ''], groups);
  }

  silentGroups(forMs: number): Promise<readonly Group[]> {
    return this.#instancesScript(['silent', forMs], []);
  }

  leaveGroups(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    return this.#instancesScript(['leave', process, withinMs], groups);
  }

  async strikeGroup(group: Group, forMs: number): Promise<void> {
    await this.#instancesScript(['strike', forMs, ''], [group]);
  }

  isQuiet(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#removeGroupScript(group, 'look', token, forMs);
  }

  removeGroup(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#removeGroupScript(group, 'remove', token, forMs);
  }

  async expireSeries(group: Group): Promise<boolean> {
    if (this.#options.seriesTtlMs === undefined) return false;
    const { touched, buckets, series } = this.#keys(group);
    const args = [this.#options.seriesTtlMs, EXPIRE_AT_A_TIME];
    while ((await this.#run(this.#expire, [touched, buckets, series], args)) === EXPIRE_AT_A_TIME);
    return true;
  }

  async ping(): Promise<void> {
    await this.#redis.run((client) => client.ping());
  }

  diagnose(): Promise<readonly StoreFacts[]> {
    return this.#redis.run((client) => diagnose(client, this.address));
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #ledgerScript(group: Group, ...args: string[]): Promise<unknown> {
    const { ledger, turn, pushed } = this.#keys(group);
    return this.#run(this.#ledger, [ledger, turn, pushed], args);
  }

  async #instancesScript(args: ScriptArgument[], groups: readonly Group[]): Promise<readonly Group[]> {
    const { groups: all, processes } = instanceKeys(this.#keyPrefix);
    const members = groups.map((group) => JSON.stringify(groupingLabels(group)));
    const reply = await this.#run(this.#instances, [all, processes], [...args, ...members]);
    return (reply as Buffer[]).map((member) => groupOf(JSON.parse(member.toString()) as [string, string][]));
  }

  async #removeGroupScript(group: Group, ...args: ScriptArgument[]): Promise<boolean> {
    const { turn, pushed, seen, families, buckets, series, ...others } = this.#keys(group);
    const keys = [turn, pushed, seen, families, buckets, series, ...Object.values<string>(others)];
    return (await this.#run(this.#removeGroup, keys, args)) === 1;
  }

  /** A series without labels stays: it exists from its definition. */
  async #touchSeries(group: Group, { families }: Batch): Promise<void> {
    const members = families.flatMap(({ family, updates }) =>
      updates.filter(({ labels }) => labels !== '').map(({ labels }) => `${family}\n${labels}`),
    );
    if (members.length > 0) await this.#run(this.#touch, [this.#keys(group).touched], members);
  }

  #run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    return this.#redis.run((client) => script.run(client, keys, args));
  }

  #keys(group: Group): GroupKeys {
    return groupKeys(this.#keyPrefix, group);
  }
}

const COPY = 'copy:';

/** What ledger.lua answers to 'read'. */
function ledgerOf([now, pushedAt = '', ...reply]: readonly string[]): Ledger {
  const fields = new Map(pairs(reply));
  const silentSince = fields.get('silent');
  const heldSince = fields.get('since');
  const holds = Object.fromEntries(
    [...fields].filter(([field]) => field.startsWith(COPY)).map(([field, hold]) => [field.slice(COPY.length), hold]),
  );
  return {
    holder: fields.get('holder'),
    copies: Object.keys(holds),
    holds,
    heldForMs: heldSince === undefined ? undefined : Number(now) - Number(heldSince),
    silentSince: silentSince === undefined ? undefined : Number(silentSince),
    pushedAt: pushedAt === '' ? undefined : Number(pushedAt),
    now: Number(now),
  };
}

/** ARGV of apply.lua. */
function batchArguments(batch: Batch): ScriptArgument[] {
  const args: ScriptArgument[] = [batch.writer, batch.sequence, batch.clear ? '1' : '0', batch.definitions.length];
  for (const definition of batch.definitions) {
    args.push(definition.name, definitionShape(definition), JSON.stringify(definition));
  }
  for (const { family, shape, clear, restores, updates } of batch.families) {
    args.push('f', family, shape, restores ? 'r' : clear ? '1' : '0');
    for (const update of updates) args.push(...updateArguments(update));
  }
  return args;
}

function updateArguments(update: Update): ScriptArgument[] {
  switch (update.op) {
    case 'add':
      return ['a', update.labels, update.value];
    case 'set':
      // String(-0) is '0'.
      return ['s', update.labels, Object.is(update.value, -0) ? '-0' : update.value];
    case 'observe':
      return ['o', update.labels, packHistogram(update)];
    case 'sketch':
      return ['k', update.labels, update.oldestSlice, packSummary(update)];
    case 'remove':
      return ['r', update.labels];
  }
}

function pairs<T>(flat: readonly T[]): [T, T][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] as T, flat[2 * at + 1] as T]);
}
