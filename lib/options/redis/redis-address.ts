/** The URL for an address of Redis, which may leave out parts of it; undefined if it is no address. */
export function parseRedisAddress(value: string): URL | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  if (hasScheme && !/^rediss?:\/\//.test(value)) return undefined;
  try {
    const url = new URL(hasScheme ? value : `redis://${value}`);
    return url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether an address holds credentials that are not percent-encoded: `%` without two digits, or one of `/ ? #`, behind which
 * the rest, the host with it, is taken for a path.
 */
export function hasPlainCredentials(value: string): boolean {
  const [, authority = '', rest = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)(.*)$/is.exec(value) ?? [];
  if (rest.includes('@')) return true;
  try {
    decodeURIComponent(authority.slice(0, Math.max(0, authority.lastIndexOf('@'))));
    return false;
  } catch {
    return true;
  }
}

/**
 * The options of ioredis for a Unix socket, `unix:///run/redis.sock?db=2`: what stands in the query are options too, as in other
 * URLs of ioredis, which itself would leave `%20` as it is. Undefined for what is no such URL.
 */
export function socketOptions(value: string): { path: string } | undefined {
  if (!value.startsWith('unix:///')) return undefined;
  try {
    const { pathname, searchParams, hash } = new URL(value);
    const path = decodeURIComponent(pathname);
    return path === '/' || hash !== '' ? undefined : { ...Object.fromEntries(searchParams), path };
  } catch {
    return undefined;
  }
}
