import type { ClusterOptions, RedisOptions } from 'ioredis';

/** Options of one connection in ioredis 5 and 6; those of Sentinel among them. A test holds that none is missing. */
export const CONNECTION_OPTIONS = [
  ...['host', 'port', 'path', 'family', 'tls', 'username', 'password', 'db', 'keyPrefix', 'connectionName'],
  ...['connectTimeout', 'commandTimeout', 'socketTimeout', 'disconnectTimeout', 'blockingTimeout'],
  ...['blockingTimeoutGrace', 'keepAlive', 'noDelay', 'retryStrategy', 'reconnectOnError', 'maxRetriesPerRequest'],
  ...['maxLoadingRetryTime', 'lazyConnect', 'enableOfflineQueue', 'enableReadyCheck', 'enableAutoPipelining'],
  ...['autoPipeliningIgnoredCommands', 'autoResubscribe', 'autoResendUnfulfilledCommands', 'readOnly', 'monitor'],
  ...['stringNumbers', 'protocol', 'replyMapping', 'showFriendlyErrorStack', 'scripts', 'himportFieldsets'],
  ...['disableClientInfo', 'clientInfoTag', 'offlineQueue', 'commandQueue', 'Connector', 'natMap'],
  ...['sentinels', 'name', 'role', 'preferredSlaves', 'sentinelUsername', 'sentinelPassword', 'sentinelTLS'],
  ...['sentinelRetryStrategy', 'sentinelReconnectStrategy', 'sentinelCommandTimeout', 'sentinelMaxConnections'],
  ...['enableTLSForSentinelMode', 'updateSentinels', 'failoverDetector'],
] as readonly string[] as readonly (keyof RedisOptions)[];

/** Options of a cluster in ioredis 5 and 6; those of its connections are in `redisOptions`. */
export const CLUSTER_OPTIONS = [
  ...['redisOptions', 'scaleReads', 'lazyConnect', 'keyPrefix', 'enableOfflineQueue', 'enableReadyCheck', 'natMap'],
  ...['enableAutoPipelining', 'autoPipeliningIgnoredCommands', 'clusterRetryStrategy', 'clusterNodeRetryStrategy'],
  ...['maxRedirections', 'retryDelayOnFailover', 'retryDelayOnClusterDown', 'retryDelayOnTryAgain'],
  ...['retryDelayOnMoved', 'slotsRefreshTimeout', 'slotsRefreshInterval', 'shardedSubscribers', 'dnsLookup'],
  ...['useSRVRecords', 'resolveSrv', 'scripts', 'himportFieldsets', 'showFriendlyErrorStack'],
] as readonly string[] as readonly (keyof ClusterOptions)[];

/** What the store sends by name: a user's own command or transformer of such a name would change it. */
export const OUR_COMMANDS = ['eval', 'evalsha', 'wait'];

type Options = Readonly<Record<string, unknown>>;

/** Why a connection with these options cannot be used, though ioredis takes them; undefined if it can. */
export function unusableOption(options: Options): string | undefined {
  const { db, sentinels } = options;
  if (options['monitor']) return 'no "monitor": such a client takes no commands';
  if (options['readOnly']) return 'no "readOnly": what is counted is written, and read from where it is written';
  if (db !== undefined && !isDatabase(db)) return '"db" to be the number of a database';
  if (sentinels) return unusableSentinels(options);
  return unusableScripts(options) ?? unusableReconnect(options);
}

function isDatabase(db: unknown): boolean {
  return (typeof db === 'number' || typeof db === 'string') && /^\d+$/.test(String(db));
}

function unusableSentinels({ sentinels, name, role, ...options }: Options): string | undefined {
  const isAddress = (sentinel: unknown): boolean =>
    typeof sentinel === 'object' &&
    sentinel !== null &&
    Object.keys(sentinel).every((key) => ['host', 'port', 'family'].includes(key));
  if (!Array.isArray(sentinels) || sentinels.length === 0 || !sentinels.every(isAddress)) {
    return '"sentinels" to be an array of { host, port }, at least one';
  }
  if (typeof name !== 'string' || name === '') return '"name", the master that the sentinels watch';
  if (role === 'slave') return 'no "role": "slave": a replica takes no writes';
  return unusableOption(options);
}

/** @see OUR_COMMANDS */
export function unusableScripts({ scripts }: Options): string | undefined {
  const name = OUR_COMMANDS.find((command) => Object.hasOwn(scripts ?? {}, command));
  return name === undefined ? undefined : `no "scripts" of the name "${name}", which is a command of Redis`;
}

/** A script that Redis does not know would be asked for again and again, and never sent. */
function unusableReconnect({ reconnectOnError }: Options): string | undefined {
  if (typeof reconnectOnError !== 'function') return undefined;
  const error = Object.assign(new Error('NOSCRIPT No matching script.'), { name: 'ReplyError' });
  try {
    if ((reconnectOnError as (error: Error) => unknown)(error) !== 2) return undefined;
  } catch {
    return undefined;
  }
  return '"reconnectOnError" not to return 2 for NOSCRIPT, which is no fault';
}
