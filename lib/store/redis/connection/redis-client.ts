import type { EventEmitter } from 'node:events';
import type { Cluster, ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';
import { StoreUnavailableError } from '../../../errors/index.js';
import { type RedisConnection, redisUrl } from '../../../options/index.js';
import type { RedisClient } from './script.js';

/** Longest wait for one answer of Redis. A frozen server holds up a push for this time, but never an increment. */
export const COMMAND_TIMEOUT_MS = 5_000;
const LONGEST_RECONNECT_DELAY_MS = 2_000;

/** Options of a connection to one server, alone or in a cluster. */
const NODE_DEFAULTS = {
  connectionName: 'nestjs-prometheus-pushgateway',
  connectTimeout: COMMAND_TIMEOUT_MS,
  // A connection that nobody answers on (half-open, or its server frozen) is cut: the network may never say so.
  socketTimeout: COMMAND_TIMEOUT_MS,
  // How long ioredis waits for a socket to end, even if it has ended: this must not keep a process alive.
  disconnectTimeout: 100,
} satisfies RedisOptions;

/**
 * Commands fail soon after a connection cannot be had again, and what failed is said. A command that was under way when
 * the connection broke is sent again by ioredis: every script of ours may run twice. (Told not to, ioredis 6 never
 * answers such a command.)
 */
const CLIENT_DEFAULTS = {
  ...NODE_DEFAULTS,
  lazyConnect: true,
  maxRetriesPerRequest: 1,
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, LONGEST_RECONNECT_DELAY_MS),
  // After a failover the name (DNS, balancer, sentinel) is another server's, while an open connection stays at the old one.
  reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
} satisfies RedisOptions;

type OwnConnection = Exclude<RedisConnection, RedisClient>;
interface ClusterConnection {
  nodes: ClusterNode[];
  options?: ClusterOptions;
}

/**
 * A client of ours, not connected yet. ioredis is loaded only now: an application that starts should not wait for it.
 * `replyMapping` shapes replies for the code that asked for it; ours reads them as Redis sends them.
 */
export async function createClient(connection: OwnConnection): Promise<RedisClient> {
  const { Cluster, Redis } = await ioredis();
  if (typeof connection === 'string') return new Redis(redisUrl(connection), CLIENT_DEFAULTS);
  if (isCluster(connection)) {
    const { redisOptions, ...options } = connection.options ?? {};
    const { replyMapping: _, ...nodeOptions } = redisOptions ?? {};
    return new Cluster(connection.nodes, {
      lazyConnect: true,
      ...options,
      redisOptions: { ...NODE_DEFAULTS, ...nodeOptions },
    });
  }
  const { replyMapping: _, ...options } = connection;
  return new Redis({ ...CLIENT_DEFAULTS, ...options });
}

/**
 * Closes a client of ours. A TLS handshake that is cut off may fail twice, and ioredis listens to the first failure only: the
 * second one would end the process.
 */
export function closeClient(client: RedisClient): void {
  const connections = isClusterClient(client) ? client.nodes() : [client];
  for (const { stream } of connections as { readonly stream?: EventEmitter }[]) stream?.on('error', () => undefined);
  client.disconnect();
}

function isClusterClient(client: RedisClient): client is Cluster {
  return typeof (client as { nodes?: unknown }).nodes === 'function';
}

async function ioredis(): Promise<typeof import('ioredis')> {
  const { loadIoredis } = (await import(/* webpackMode: "eager" */ './ioredis.cjs')).default;
  try {
    return loadIoredis();
  } catch (error) {
    const message =
      'The package ioredis is not there: npm install ioredis, or keep values in this process (redis: "memory")';
    throw new StoreUnavailableError(message, { cause: error });
  }
}

function isCluster(connection: OwnConnection): connection is ClusterConnection {
  return typeof connection === 'object' && 'nodes' in connection;
}
