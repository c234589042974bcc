import type { Group, ResolvedDefinition, SampleLines, Series } from '../../model/index.js';
import type { RedisConnection } from '../../options/index.js';
import type { Ledger } from '../ledger.js';
import type { ApplyResult, Batch, ReadOptions } from '../series.js';
import type { Store, StoreFacts, StoreOptions } from '../store.js';
import type { PushTurn } from '../turns.js';
import { diagnose } from './diagnose.js';
import { RedisAccess } from './redis-access.js';
import { RedisAnnouncements } from './redis-announcements.js';
import { RedisConnectionHolder } from './redis-connection.js';
import { RedisLedgers } from './redis-ledger.js';
import { RedisRemoval } from './redis-removal.js';
import { RedisSeries } from './redis-series.js';
import { RedisSignsOfLife } from './redis-signs-of-life.js';
import { RedisTurns } from './redis-turns.js';

/** The store in Redis: one Lua script per operation, all keys of a group in one hash slot. */
export class RedisStore implements Store {
  readonly #connection: RedisConnectionHolder;
  readonly #series: RedisSeries;
  readonly #announcements: RedisAnnouncements;
  readonly #turns: RedisTurns;
  readonly #ledgers: RedisLedgers;
  readonly #signsOfLife: RedisSignsOfLife;
  readonly #removal: RedisRemoval;

  constructor(connection: RedisConnection, keyPrefix: string, options: StoreOptions = {}) {
    this.#connection = new RedisConnectionHolder(connection);
    const redis = new RedisAccess(this.#connection, keyPrefix);
    this.#removal = new RedisRemoval(redis, options.seriesTtlMs);
    this.#series = new RedisSeries(redis, this.#removal, options);
    this.#announcements = new RedisAnnouncements(redis);
    this.#turns = new RedisTurns(redis);
    this.#ledgers = new RedisLedgers(redis);
    this.#signsOfLife = new RedisSignsOfLife(redis, keyPrefix);
  }

  get address(): string {
    return this.#connection.address;
  }

  apply(group: Group, batch: Batch): Promise<ApplyResult> {
    return this.#series.apply(group, batch);
  }

  definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    return this.#series.definitions(group);
  }

  read(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncIterable<readonly Series[]> {
    return this.#series.read(group, definition, options);
  }

  readText(
    group: Group,
    definition: ResolvedDefinition,
    options?: ReadOptions,
  ): AsyncIterable<readonly Series[] | SampleLines> {
    return this.#series.readText(group, definition, options);
  }

  restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    return this.#series.restoring(group);
  }

  releaseAnnounced(group: Group, shownForMs: number): Promise<void> {
    return this.#announcements.releaseAnnounced(group, shownForMs);
  }

  noteShown(group: Group, takenAt: number): Promise<void> {
    return this.#announcements.noteShown(group, takenAt);
  }

  takeTurn(group: Group, ttlMs: number): Promise<PushTurn> {
    return this.#turns.takeTurn(group, ttlMs);
  }

  keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean> {
    return this.#turns.keepTurn(group, token, ttlMs);
  }

  endTurn(group: Group, token: string, pushedAt?: number): Promise<void> {
    return this.#turns.endTurn(group, token, pushedAt);
  }

  readLedger(group: Group): Promise<Ledger> {
    return this.#ledgers.readLedger(group);
  }

  noteHolder(group: Group, token: string, gateway: string): Promise<boolean> {
    return this.#ledgers.noteHolder(group, token, gateway);
  }

  noteSilence(group: Group, token: string, silentForMs: number | undefined): Promise<number | undefined> {
    return this.#ledgers.noteSilence(group, token, silentForMs);
  }

  strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    return this.#ledgers.strikeCopy(group, gateway, hold);
  }

  beat(process: string, groups: readonly Group[]): Promise<void> {
    return this.#signsOfLife.beat(process, groups);
  }

  silentGroups(forMs: number): Promise<readonly Group[]> {
    return this.#signsOfLife.silentGroups(forMs);
  }

  leaveGroups(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    return this.#signsOfLife.leaveGroups(process, groups, withinMs);
  }

  strikeGroup(group: Group, forMs: number): Promise<void> {
    return this.#signsOfLife.strikeGroup(group, forMs);
  }

  isQuiet(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#removal.isQuiet(group, token, forMs);
  }

  removeGroup(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#removal.removeGroup(group, token, forMs);
  }

  expireSeries(group: Group): Promise<boolean> {
    return this.#removal.expireSeries(group);
  }

  async ping(): Promise<void> {
    await this.#connection.run((client) => client.ping());
  }

  diagnose(): Promise<readonly StoreFacts[]> {
    return this.#connection.run((client) => diagnose(client, this.address));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
