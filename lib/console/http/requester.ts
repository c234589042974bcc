/** What we read of a request of Express or Fastify. */
export interface AnyRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly url: string;
  readonly originalUrl?: string;
  readonly ip?: string;
  /** Set by guards. */
  readonly user?: unknown;
  /** Of Fastify. */
  readonly raw?: { readonly user?: unknown };
}

const NAMES = ['username', 'name', 'email', 'id', 'sub'];

export function queryOf({ url, originalUrl = url }: AnyRequest): URLSearchParams {
  return new URL(originalUrl, 'http://console').searchParams;
}

export function pathOf({ url, originalUrl = url }: AnyRequest): string {
  return new URL(originalUrl, 'http://console').pathname;
}

/** Who makes a request, as the guards have noted: for the log. */
export function requesterOf({ user: own, raw, ip = 'an unknown address' }: AnyRequest): string {
  const user = own ?? raw?.user;
  if (typeof user === 'string') return `${user} (${ip})`;
  const fields = Object(user) as Record<string, unknown>;
  const name = NAMES.map((field) => fields[field]).find(
    (value) => typeof value === 'string' || typeof value === 'number',
  );
  return name === undefined ? `somebody at ${ip}` : `${String(name).slice(0, 100)} (${ip})`;
}
