import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ConfigurationError } from '../errors/index.js';
import type { Endpoint, HttpHeaders } from '../options/index.js';

/** What an endpoint is logged in to with, all of it known. */
export interface Login extends Pick<Endpoint, 'username' | 'password' | 'bearerToken'> {
  readonly headers: HttpHeaders;
}

/**
 * The headers that go with every request to an endpoint, names in lower case. A header of the user's own replaces ours.
 * @throws ConfigurationError for what no HTTP header can carry, and for two ways to log in at once; it does not repeat values.
 */
export function endpointHeaders(login: Login): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': 'nestjs-prometheus-pushgateway' };
  const authorization = authorizationOf(login);
  if (authorization !== undefined) headers['authorization'] = authorization;
  for (const [name, value] of Object.entries(login.headers)) {
    check(name, value, `headers[${JSON.stringify(name)}]`);
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/**
 * Everything of an endpoint that no message may repeat, the longest first as one may contain another. Header values are
 * not told apart; values of up to 3 characters are not hidden.
 */
export function secretsOf({ password, bearerToken, headers }: Login, sent: Readonly<Record<string, string>>): string[] {
  const authorization = sent['authorization'];
  return [
    password,
    bearerToken,
    authorization,
    authorization?.replace(/^\w+ /, ''),
    ...Object.values(headers).filter((value) => value.length > 3),
  ]
    .filter((secret): secret is string => secret !== undefined && secret !== '')
    .sort((a, b) => b.length - a.length);
}

function authorizationOf({ username, password, bearerToken }: Login): string | undefined {
  if (bearerToken !== undefined) {
    if (username !== undefined || password !== undefined) {
      throw new ConfigurationError('Expected a bearerToken or a username with password, got both');
    }
    const authorization = `Bearer ${bearerToken}`;
    check('authorization', authorization, 'bearerToken');
    return authorization;
  }
  if (username === undefined) {
    if (password !== undefined) throw new ConfigurationError('Expected a username with the password, got none');
    return undefined;
  }
  if (username.includes(':'))
    throw new ConfigurationError('Invalid username: basic auth has no way to send a ":" in it');
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

/** axios silently drops line breaks and characters beyond Latin-1; the server would then see another value than was meant. */
function check(name: string, value: string, option: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new ConfigurationError(
      `Invalid ${option}: expected a header of one line in Latin-1 (a value read from a file often ends with a line break)`,
    );
  }
}
