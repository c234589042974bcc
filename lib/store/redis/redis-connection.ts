import type { ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';
import { StoreUnavailableError } from '../../errors/index.js';
import type { RedisConnection } from '../../options/index.js';
import type { RedisClient } from './script.js';

/** Longest wait for one answer of Redis. A frozen server holds up a push so long, an increment never. */
const COMMAND_TIMEOUT_MS = 5_000;
const LONGEST_RECONNECT_DELAY_MS = 2_000;

/**
 * Commands fail soon after a connection cannot be had again, and what failed is said. A command that was under way when
 * the connection broke is sent again by ioredis: every script of ours may run twice. (Told not to, ioredis 6 never
 * answers such a command.)
 */
const CLIENT_DEFAULTS = {
  lazyConnect: true,
  connectionName: 'nestjs-prometheus-pushgateway',
  maxRetriesPerRequest: 1,
  connectTimeout: COMMAND_TIMEOUT_MS,
  // ioredis waits so long for a socket to end, even for one that has: a process should not live on for it.
  disconnectTimeout: 100,
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, LONGEST_RECONNECT_DELAY_MS),
} satisfies RedisOptions;

/** A client of the user's, or one of ours: opened at the first command, its last error kept to explain a failure. */
export class RedisConnectionHolder {
  /** For people, without credentials. */
  readonly address: string;
  readonly #connection: RedisConnection;
  #client: Promise<RedisClient> | undefined;
  #lastError: Error | undefined;
  /** Aborted when the connection is closed: ioredis leaves commands that wait for a reconnection unanswered. */
  readonly #closing = new AbortController();

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.address = describeConnection(connection);
  }

  /**
   * Runs a command with a deadline.
   * @throws StoreUnavailableError whatever went wrong, with the reason in its message and as its `cause`.
   */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let giveUp = (): void => undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${COMMAND_TIMEOUT_MS} ms`));
      }, COMMAND_TIMEOUT_MS);
      giveUp = () => {
        reject(new Error('Connection is closed.'));
      };
      this.#closing.signal.addEventListener('abort', giveUp);
    });
    try {
      const client = await this.#open();
      const result = await Promise.race([command(client), deadline]);
      this.#lastError = undefined;
      return result;
    } catch (error) {
      throw this.#explain(error as Error);
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', giveUp);
      deadline.catch(() => undefined);
    }
  }

  /** Closes the client if it is ours. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#client === undefined || isClient(this.#connection)) return;
    const client = await this.#client;
    client.disconnect();
  }

  #open(): Promise<RedisClient> {
    this.#client ??= isClient(this.#connection) ? Promise.resolve(this.#connection) : this.#create(this.#connection);
    return this.#client;
  }

  async #create(connection: Exclude<RedisConnection, RedisClient>): Promise<RedisClient> {
    const client = isCluster(connection)
      ? await createCluster(connection.nodes, connection.options)
      : await createRedis(connection);
    // Without a listener ioredis prints every failed attempt to connect.
    client.on('error', (error: Error) => {
      this.#lastError = error;
    });
    return client;
  }

  /** ioredis says "reached the max retries per request limit" where the connection's own error says why. */
  #explain(error: Error): StoreUnavailableError {
    const isAboutConnection = /max retries|Connection is closed|no answer within|Stream isn't writeable/i.test(
      error.message,
    );
    const cause = isAboutConnection && this.#lastError ? this.#lastError : error;
    const reason = cause.message === '' ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : cause.message;
    // ioredis attaches the command to its errors, and with it the password of a failed AUTH.
    const options = { cause: withoutCommand(cause) };
    if (/^(WRONGPASS|NOAUTH|NOPERM)|invalid password/.test(reason)) {
      const message = `Redis ${this.address} refused the credentials (${reason}): check pushgateway.redis`;
      return new StoreUnavailableError(message, options);
    }
    const what = cause.name === 'ReplyError' ? 'answered' : 'unreachable:';
    return new StoreUnavailableError(`Redis ${this.address} ${what} ${reason}`, options);
  }
}

// ioredis is loaded at the first command: an application that starts should not wait for it. `replyMapping` shapes
// replies for the code that asked for it; ours reads them as Redis sends them.

async function createRedis(connection: string | RedisOptions): Promise<RedisClient> {
  const { Redis } = await import('ioredis');
  if (typeof connection === 'string') return new Redis(redisUrl(connection), CLIENT_DEFAULTS);
  const { replyMapping: _, ...options } = connection;
  return new Redis({ ...CLIENT_DEFAULTS, ...options });
}

async function createCluster(
  nodes: ClusterNode[],
  { redisOptions: nodeOptions, ...options }: ClusterOptions = {},
): Promise<RedisClient> {
  const { Cluster } = await import('ioredis');
  const { replyMapping: _, ...redisOptions } = nodeOptions ?? {};
  return new Cluster(nodes, { lazyConnect: true, ...options, redisOptions });
}

function withoutCommand({ name, message, code }: NodeJS.ErrnoException): Error {
  const error = new Error(message);
  return Object.assign(error, { name, ...(code !== undefined && { code }) });
}

/** Told by what it can do, so that a client from another copy of ioredis counts as well. */
export function isClient(connection: unknown): connection is RedisClient {
  return typeof (connection as { callBuffer?: unknown } | undefined)?.callBuffer === 'function';
}

function isCluster(
  connection: Exclude<RedisConnection, RedisClient>,
): connection is { nodes: ClusterNode[]; options?: ClusterOptions } {
  return typeof connection === 'object' && 'nodes' in connection;
}

function redisUrl(address: string): string {
  return /^rediss?:\/\//.test(address) ? address : `redis://${address}`;
}

function describeConnection(connection: RedisConnection): string {
  if (isClient(connection)) return '(your client)';
  if (typeof connection === 'string') {
    const url = new URL(redisUrl(connection));
    return `${url.protocol}//${url.host}${url.pathname}`;
  }
  if (isCluster(connection)) return `cluster of ${connection.nodes.length} nodes`;
  if (connection.path) return connection.path;
  if (connection.sentinels) return `sentinel ${connection.name ?? ''}`;
  return `${connection.tls ? 'rediss' : 'redis'}://${connection.host ?? 'localhost'}:${connection.port ?? 6379}`;
}
