import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '../../options/index.js';
import type { Store, StoreFacts, StoreOptions } from '../store.js';
import { requireDatabase } from './connection/database.js';
import { diagnose } from './diagnose.js';
import { RedisAccess } from './connection/redis-access.js';
import { RedisAnnouncements } from './parts/redis-announcements.js';
import { RedisConnectionHolder } from './connection/redis-connection.js';
import { RedisLedgers } from './parts/redis-ledger.js';
import { RedisProcesses } from './parts/redis-processes.js';
import { RedisRemoval } from './parts/redis-removal.js';
import { RedisSeries } from './parts/redis-series.js';
import { RedisShapes } from './parts/redis-shapes.js';
import { RedisSignsOfLife } from './parts/redis-signs-of-life.js';
import { RedisTurns } from './parts/redis-turns.js';
import { requireRights } from './rights/missing-rights.js';
import { rehearse } from './rights/rehearsal.js';

/** The store in Redis: one Lua script per operation, all keys of a group in one hash slot. */
export class RedisStore implements Store {
  readonly series: RedisSeries;
  readonly shapes: RedisShapes;
  readonly turns: RedisTurns;
  readonly ledgers: RedisLedgers;
  readonly announcements: RedisAnnouncements;
  readonly processes: RedisProcesses;
  readonly removal: RedisRemoval;
  readonly signsOfLife: RedisSignsOfLife;
  readonly #redis: RedisAccess;
  readonly #options: StoreOptions;

  constructor(connection: RedisConnection, keyPrefix: string, options: StoreOptions = {}) {
    this.#redis = new RedisAccess(new RedisConnectionHolder(connection, options.isStarting !== true), keyPrefix);
    this.#options = options;
    const parts = partsIn(this.#redis, options);
    this.series = parts.series;
    this.shapes = parts.shapes;
    this.turns = parts.turns;
    this.ledgers = parts.ledgers;
    this.announcements = parts.announcements;
    this.processes = parts.processes;
    this.removal = parts.removal;
    this.signsOfLife = parts.signsOfLife;
  }

  get address(): string {
    return this.#redis.connection.address;
  }

  get wasReached(): boolean {
    return this.#redis.connection.wasReached;
  }

  ping(): Promise<void> {
    return this.#redis.ask(async (client) => {
      await client.ping();
      await requireDatabase(client);
    });
  }

  diagnose(): Promise<readonly StoreFacts[]> {
    return this.#redis.ask((client) => diagnose(client, this.address));
  }

  async rehearse(): Promise<void> {
    const { connection, keyPrefix } = this.#redis;
    await this.#redis.ask((client) => requireRights(client, keyPrefix));
    const trial = new RedisAccess(connection, keyPrefix, randomUUID());
    await rehearse(partsIn(trial, { seriesTtlMs: 60_000, ...this.#options, notesNew: true }));
  }

  started(): void {
    this.#redis.connection.stayOpen();
  }

  close(): Promise<void> {
    return this.#redis.connection.close();
  }
}

function partsIn(redis: RedisAccess, options: StoreOptions) {
  const removal = new RedisRemoval(redis, options.seriesTtlMs);
  const processes = new RedisProcesses(redis);
  const series = new RedisSeries(redis, removal, processes, options);
  return {
    processes,
    removal,
    series,
    shapes: new RedisShapes(redis),
    turns: new RedisTurns(redis, series),
    ledgers: new RedisLedgers(redis),
    announcements: new RedisAnnouncements(redis),
    signsOfLife: new RedisSignsOfLife(redis),
  };
}
