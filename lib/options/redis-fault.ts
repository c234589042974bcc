import type { RedisOptions } from 'ioredis';
import { closest } from './closest.js';

const EXPECTED =
  '\'memory\', "host:port", a redis:// or rediss:// URL, options of ioredis, { nodes, options } or a client of ioredis';

/** Options of ioredis that are often set by hand: near misses of these are taken for misspellings. */
const COMMON_OPTIONS = [
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
  'sentinelPassword',
  'sentinelUsername',
  'connectTimeout',
  'commandTimeout',
  'maxRetriesPerRequest',
  'retryStrategy',
] as const satisfies (keyof RedisOptions)[];

/** What is wrong with `pushgateway.redis`, as the text that follows "expected"; undefined if nothing is. */
export function redisFault(value: unknown): string | undefined {
  if (value === undefined || value === 'memory') return undefined;
  if (typeof value === 'string') return isRedisAddress(value) ? undefined : EXPECTED;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return EXPECTED;
  if ('callBuffer' in value) return undefined;
  if ('nodes' in value) {
    const { nodes } = value;
    return Array.isArray(nodes) && nodes.length > 0 ? undefined : 'nodes to be an array of cluster nodes, at least one';
  }
  // ioredis' list of options grows: only what looks like a misspelling of a common one is refused.
  for (const name of Object.keys(value)) {
    const meant = COMMON_OPTIONS.includes(name as 'host') ? undefined : closest(name, COMMON_OPTIONS);
    if (meant !== undefined) return `options of ioredis: it knows no "${name}"; did you mean "${meant}"?`;
  }
  return undefined;
}

function isRedisAddress(value: string): boolean {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  if (hasScheme && !/^rediss?:\/\//.test(value)) return false;
  try {
    const { hostname, pathname } = new URL(hasScheme ? value : `redis://${value}`);
    return hostname !== '' && /^(\/\d*)?$/.test(pathname);
  } catch {
    return false;
  }
}
