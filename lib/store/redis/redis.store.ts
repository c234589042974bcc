import type { RedisConnection } from '../../options/index.js';
import type { Store, StoreFacts, StoreOptions } from '../store.js';
import { requireDatabase } from './database.js';
import { diagnose } from './diagnose.js';
import { RedisAccess } from './redis-access.js';
import { RedisAnnouncements } from './redis-announcements.js';
import { RedisConnectionHolder } from './redis-connection.js';
import { RedisLedgers } from './redis-ledger.js';
import { RedisRemoval } from './redis-removal.js';
import { RedisSeries } from './redis-series.js';
import { RedisShapes } from './redis-shapes.js';
import { RedisSignsOfLife } from './redis-signs-of-life.js';
import { RedisTurns } from './redis-turns.js';

/** The store in Redis: one Lua script an operation, all keys of a group in one hash slot. */
export class RedisStore implements Store {
  readonly series: RedisSeries;
  readonly shapes: RedisShapes;
  readonly turns: RedisTurns;
  readonly ledgers: RedisLedgers;
  readonly announcements: RedisAnnouncements;
  readonly removal: RedisRemoval;
  readonly signsOfLife: RedisSignsOfLife;
  readonly #connection: RedisConnectionHolder;

  constructor(connection: RedisConnection, keyPrefix: string, options: StoreOptions = {}) {
    this.#connection = new RedisConnectionHolder(connection, options.isStarting !== true);
    const redis = new RedisAccess(this.#connection, keyPrefix);
    this.removal = new RedisRemoval(redis, options.seriesTtlMs);
    this.series = new RedisSeries(redis, this.removal, options);
    this.shapes = new RedisShapes(redis);
    this.turns = new RedisTurns(redis);
    this.ledgers = new RedisLedgers(redis);
    this.announcements = new RedisAnnouncements(redis);
    this.signsOfLife = new RedisSignsOfLife(redis);
  }

  get address(): string {
    return this.#connection.address;
  }

  get wasReached(): boolean {
    return this.#connection.wasReached;
  }

  async ping(): Promise<void> {
    await this.#connection.run(async (client) => {
      await client.ping();
      await requireDatabase(client);
    });
  }

  diagnose(): Promise<readonly StoreFacts[]> {
    return this.#connection.run((client) => diagnose(client, this.address));
  }

  started(): void {
    this.#connection.stayOpen();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
