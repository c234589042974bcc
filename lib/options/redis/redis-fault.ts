import type { RedisOptions } from 'ioredis';
import { closest } from '../closest.js';
import { meantBy, sameBut } from './foreign-keys.js';
import { CLUSTER_OPTIONS, CONNECTION_OPTIONS, unusableOption, unusableScripts } from './ioredis-options.js';
import { hasPlainCredentials, parseRedisAddress, socketOptions } from './redis-address.js';
import { isRedisClient, optionsOfClient, transformedCommand } from './redis-client-options.js';

const EXPECTED =
  '\'memory\', "host:port", a redis://, rediss:// or unix:// URL, options of ioredis, { nodes, options } or a client of ioredis';
const PERCENT_ENCODED = 'a URL with user name and password percent-encoded (encodeURIComponent)';
const NODES = 'nodes to be an array of cluster nodes, at least one';

/** Options that are often set by hand: near misses of these are taken for misspellings. */
const COMMON_OPTIONS = [
  ...([
    'host',
    'port',
    'path',
    'username',
    'password',
    'db',
    'tls',
    'family',
    'name',
    'keyPrefix',
    'sentinels',
  ] as const),
  ...(['sentinelPassword', 'sentinelUsername', 'connectTimeout', 'commandTimeout'] as const),
  ...(['maxRetriesPerRequest', 'retryStrategy'] as const),
] satisfies (keyof RedisOptions)[];

type Options = Readonly<Record<string, unknown>>;

/** What is wrong with `pushgateway.redis`, as the text that follows "expected"; undefined if nothing is. */
export function redisFault(value: unknown): string | undefined {
  if (value === undefined || value === 'memory') return undefined;
  if (typeof value === 'string') {
    const socket = socketOptions(value);
    return socket === undefined ? addressFault(value) : connectionFault(socket);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return EXPECTED;
  if (isRedisClient(value)) return clientFault(value);
  if ('nodes' in value) return clusterFault(value);
  return connectionFault(value as Options);
}

/** Names of options that ioredis does not know: it ignores them. */
export function unknownRedisOptions(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || isRedisClient(value)) return [];
  const { nodes, options } = value as { nodes?: unknown; options?: Options & { redisOptions?: object } };
  if (nodes === undefined) return unknownKeys(value, CONNECTION_OPTIONS);
  return [
    ...unknownKeys(options, CLUSTER_OPTIONS).map((name) => `options.${name}`),
    ...unknownKeys(options?.redisOptions, CONNECTION_OPTIONS).map((name) => `options.redisOptions.${name}`),
  ];
}

function unknownKeys(options: object | undefined, known: readonly string[]): string[] {
  return Object.keys(options ?? {}).filter((name) => !known.includes(name));
}

function addressFault(address: string): string | undefined {
  if (hasPlainCredentials(address)) return PERCENT_ENCODED;
  const url = parseRedisAddress(address);
  if (url?.hash !== '') return EXPECTED;
  // ioredis takes the query of a URL for options.
  return connectionFault(Object.fromEntries(url.searchParams));
}

function connectionFault(options: Options): string | undefined {
  const faults = Object.keys(options).flatMap((name) => nameFault(name, CONNECTION_OPTIONS, COMMON_OPTIONS) ?? []);
  if (faults.length > 0) return `options of ioredis: ${faults.join(' And ')}`;
  const unusable = unusableOption(options);
  return unusable && `options of ioredis: ${unusable}`;
}

/** Lists of options grow: what is neither another client's nor looks like a misspelling of a common one is not refused. */
function nameFault(name: string, known: readonly string[], common: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const meant = sameBut(name, known) ?? (meantBy(name) ? undefined : closest(name, common));
  if (meant !== undefined) return `it knows no "${name}"; did you mean "${meant}"?`;
  const right = meantBy(name);
  return right && `it knows no "${name}"; give ${right}`;
}

function clusterFault(value: object): string | undefined {
  const { nodes, options = {}, ...others } = value as { nodes?: unknown; options?: Options };
  for (const name of Object.keys(others)) return `{ nodes, options }: ${placeOf(name)}`;
  if (!Array.isArray(nodes) || nodes.length === 0) return NODES;
  for (const node of nodes as unknown[]) {
    const fault = nodeFault(node);
    if (fault !== undefined) return fault;
  }
  const misplaced = Object.keys(options).filter(
    (name) =>
      !(CLUSTER_OPTIONS as readonly string[]).includes(name) &&
      (isConnectionOption(name) || meantBy(name) !== undefined),
  );
  if (misplaced.length > 0) return `options of a cluster: ${misplaced.map(placeOf).join(', ')}`;
  const { redisOptions = {} } = options as { redisOptions?: Options };
  const server = ['host', 'port', 'path', 'sentinels'].find((name) => name in redisOptions);
  if (server !== undefined) return `nodes to name the servers of a cluster, not redisOptions.${server}`;
  return connectionFault(redisOptions) ?? unusableScripts(options);
}

function isConnectionOption(name: string): boolean {
  return (CONNECTION_OPTIONS as readonly string[]).includes(name);
}

function placeOf(name: string): string {
  if ((CLUSTER_OPTIONS as readonly string[]).includes(name)) return `"${name}" belongs to options`;
  if (isConnectionOption(name)) return `"${name}" belongs to options.redisOptions`;
  const right = meantBy(name);
  return right ? `it knows no "${name}"; give ${right} in options.redisOptions` : `it knows no "${name}"`;
}

/** A port, an address, or options of one connection. */
function nodeFault(node: unknown): string | undefined {
  if (typeof node === 'number') return undefined;
  if (typeof node === 'string') return /^\d+$/.test(node) ? undefined : addressFault(node);
  if (typeof node !== 'object' || node === null) return NODES;
  if ('db' in node) return 'nodes without "db", which belongs to options.redisOptions';
  const fault = connectionFault(node as Options);
  return fault && `nodes to be { host, port }; ${fault}`;
}

/** A client that was made with options that it ignored leads elsewhere, too. */
function clientFault(client: Parameters<typeof optionsOfClient>[0]): string | undefined {
  const { connection, cluster } = optionsOfClient(client);
  const faults = Object.keys(connection).map((name) =>
    meantBy(name) ? nameFault(name, CONNECTION_OPTIONS, []) : undefined,
  );
  const foreign = faults.find((each) => each !== undefined);
  const fault = foreign ?? unusableOption(connection) ?? unusableScripts(cluster ?? {});
  if (fault !== undefined) return `a client of ioredis: ${fault}`;
  const transformed = transformedCommand(client);
  return transformed && `a client of ioredis: no transformer of the command "${transformed}"`;
}
