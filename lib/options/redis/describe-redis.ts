import type { RedisConnection } from '../module-options.js';
import { isRedisClient, optionsOfClient, selectedDatabase } from './redis-client-options.js';

interface Described {
  /** For people, without credentials: `redis://localhost:6379`, with the database if it is not 0. */
  readonly address: string;
  readonly database: number;
}

interface Place {
  readonly host?: string;
  readonly port?: number | string;
  readonly path?: string | null;
  readonly db?: number | string;
  readonly tls?: unknown;
  readonly sentinels?: unknown;
  readonly name?: string;
}

/** Where a connection leads. */
export function describeRedis(connection: RedisConnection): Described {
  if (typeof connection === 'string') return ofUrl(connection);
  if (isRedisClient(connection)) {
    const { connection: options, cluster } = optionsOfClient(connection);
    const database = selectedDatabase(connection);
    const nodes = (connection as { startupNodes?: readonly unknown[] }).startupNodes;
    const place = cluster ? ofCluster(nodes ?? [], database) : ofPlace({ ...options, db: database });
    return { ...place, address: `${place.address} (your client)` };
  }
  if ('nodes' in connection) return ofCluster(connection.nodes, connection.options?.redisOptions?.db ?? 0);
  return ofPlace(connection as Place);
}

/** Whether a connection has a password to give. */
export function givesPassword(connection: RedisConnection): boolean {
  if (typeof connection === 'string') return new URL(redisUrl(connection)).password !== '';
  if (isRedisClient(connection)) return Boolean(optionsOfClient(connection).connection['password']);
  const options = 'nodes' in connection ? connection.options?.redisOptions : connection;
  return Boolean(options?.password);
}

export function redisUrl(address: string): string {
  return /^rediss?:\/\//.test(address) ? address : `redis://${address}`;
}

function ofUrl(connection: string): Described {
  const url = new URL(redisUrl(connection));
  const path = url.pathname.slice(1);
  const database = Number(path === '' ? (url.searchParams.get('db') ?? 0) : path);
  return { address: withDatabase(`${url.protocol}//${url.host}`, database), database };
}

function ofPlace({ host = 'localhost', port = 6379, path, db = 0, tls, sentinels, name = '' }: Place): Described {
  const database = Number(db);
  if (path) return { address: withDatabase(path, database), database };
  if (sentinels) return { address: withDatabase(`sentinel ${name}`, database), database };
  return { address: withDatabase(`${tls ? 'rediss' : 'redis'}://${host}:${port}`, database), database };
}

function ofCluster(nodes: readonly unknown[], database: number): Described {
  return { address: withDatabase(`cluster of ${nodes.length} nodes`, database), database };
}

function withDatabase(address: string, database: number): string {
  return database === 0 ? address : `${address}/${database}`;
}
