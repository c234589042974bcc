import type { Cluster, Redis } from 'ioredis';
import { selectedDatabase } from '../../../options/index.js';

export type RedisClient = Redis | Cluster;

/**
 * The database of each client: the one that it was made for, or that its user had selected when it came to us. What the user
 * selects later is for the user's own commands.
 */
const databases = new WeakMap<RedisClient, number>();

/**
 * The database that a script has to select for itself; undefined where the client is in database 0, and stays there.
 *
 * A client of ioredis whose SELECT is refused goes on in database 0 and says so in an event only; it does so again with each
 * connection. A script that selects is refused before it has written anything, and what it selects ends with it.
 */
export function databaseToSelect(client: RedisClient): number | undefined {
  const database = databaseOf(client);
  return database !== 0 || selectedDatabase(client) !== 0 ? database : undefined;
}

export function databaseOf(client: RedisClient): number {
  const known = databases.get(client);
  if (known !== undefined) return known;
  const database = selectedDatabase(client);
  databases.set(client, database);
  return database;
}

/** Lua that selects, in front of a script; its errors begin with `DATABASE`. No line break: the script's lines keep their numbers. */
export function selecting(database: number | undefined): string {
  if (database === undefined) return '';
  const refuse = `return redis.error_reply('DATABASE ${database} ' .. selected.err)`;
  return `do local selected = redis.pcall('SELECT', '${database}') if selected.err then ${refuse} end end `;
}

/** @throws what Redis answers if it refuses the client's database. */
export async function requireDatabase(client: RedisClient, database = databaseToSelect(client)): Promise<void> {
  if (database !== undefined) await client.call('eval', selecting(database), 0);
}
