import type { Redis } from 'ioredis';
import type { StoreFacts } from '../store.js';
import { databaseToSelect, requireDatabase } from './connection/database.js';
import type { RedisClient } from './connection/script.js';

type Answers = ReadonlyMap<string, string>;

/**
 * What each server says of itself: one, or all masters of a cluster, which are asked one by one: nothing is asked of a
 * replica.
 * @throws what Redis answers if it refuses the client's database.
 */
export async function diagnose(client: RedisClient, address: string): Promise<readonly StoreFacts[]> {
  const database = databaseToSelect(client);
  if (!isCluster(client)) return [await diagnoseServer(client, address, database)];
  // It knows its nodes once it has been asked something.
  await client.info().catch(ifForbidden);
  const masters = client.nodes('master');
  return Promise.all(
    masters.map((node) =>
      diagnoseServer(node, `redis://${node.options.host ?? ''}:${node.options.port ?? ''}`, database),
    ),
  );
}

/** A managed Redis may forbid INFO, CONFIG or TIME: what it does not tell stays undefined. */
async function diagnoseServer(client: Redis, address: string, database: number | undefined): Promise<StoreFacts> {
  await requireDatabase(client, database);
  const [info, config, clockAheadMs] = await Promise.all([
    client.info().then(parseInfo).catch(ifForbidden),
    readConfig(client, ['save', 'appendfsync', 'stop-writes-on-bgsave-error']),
    readClock(client).catch(() => undefined),
  ]);
  return {
    address,
    isShared: true,
    version: versionOf(info),
    refusesWrites: refusalOf(info, config),
    snapshots: config.has('save') ? config.get('save') !== '' : undefined,
    journal: journalOf(info, config),
    evictionPolicy: info.get('maxmemory_policy'),
    evictedKeys: info.has('evicted_keys') ? Number(info.get('evicted_keys')) : undefined,
    memory:
      info.has('used_memory') && info.has('maxmemory')
        ? { usedBytes: Number(info.get('used_memory')), limitBytes: Number(info.get('maxmemory')) }
        : undefined,
    clockAheadMs,
  };
}

function versionOf(info: Answers): string | undefined {
  const [valkey, redis] = [info.get('valkey_version'), info.get('redis_version')];
  if (valkey !== undefined) return `Valkey ${valkey}`;
  return redis === undefined ? undefined : `Redis ${redis}`;
}

function refusalOf(info: Answers, config: Answers): StoreFacts['refusesWrites'] {
  if (!info.has('role')) return undefined;
  if (info.get('role') === 'slave' && info.get('slave_read_only') !== '0') return 'replica';
  const snapshotFailed = info.get('rdb_last_bgsave_status') === 'err';
  const stopsWithSnapshots = config.get('stop-writes-on-bgsave-error') === 'yes' && config.get('save') !== '';
  const journalFailed = info.get('aof_enabled') === '1' && info.get('aof_last_write_status') === 'err';
  return (snapshotFailed && stopsWithSnapshots) || journalFailed ? 'disk' : false;
}

function journalOf(info: Answers, config: Answers): StoreFacts['journal'] {
  const enabled = info.get('aof_enabled');
  if (enabled === undefined) return undefined;
  if (enabled !== '1') return false;
  const sync = config.get('appendfsync');
  return sync === 'always' || sync === 'everysec' || sync === 'no' ? sync : 'unknown';
}

/** One by one: Redis before 7 takes one name at a time. */
async function readConfig(client: Redis, names: readonly string[]): Promise<Answers> {
  const entries = await Promise.all(
    names.map(async (name): Promise<[string, string][]> => {
      const reply = await client.call('CONFIG', 'GET', name).catch(() => undefined);
      const value = valueOf(reply, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return new Map(entries.flat());
}

/** A flat list of names and values; an object from a client that maps replies. */
function valueOf(reply: unknown, name: string): string | undefined {
  if (Array.isArray(reply)) return reply[0] === name ? String(reply[1]) : undefined;
  const value = (reply as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** Compared with the middle of the time that asking took. */
async function readClock(client: Redis): Promise<number> {
  const asked = Date.now();
  const [seconds, microseconds] = (await client.time()).map(Number) as [number, number];
  return Math.round(seconds * 1_000 + microseconds / 1_000 - (asked + Date.now()) / 2);
}

function parseInfo(text: unknown): Answers {
  const lines = String(text)
    .split(/\r?\n/)
    .filter((line) => line.includes(':'));
  return new Map(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/**
 * A server that refuses a command is there, unless it wants a password. PING would tell less: a server that cannot save
 * refuses it.
 */
function ifForbidden(error: Error): Answers {
  if (error.name === 'ReplyError' && !/^(NOAUTH|WRONGPASS)/.test(error.message)) return new Map();
  throw error;
}

/** Told by what it can do, so that a client from another copy of ioredis counts as well. */
function isCluster(client: RedisClient): client is Exclude<RedisClient, Redis> {
  return typeof (client as { nodes?: unknown }).nodes === 'function';
}
