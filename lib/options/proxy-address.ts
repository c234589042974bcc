import { resolveEndpoint } from './endpoint.js';

const DEFAULT_PORT = 3128;

/** The value of `proxy` that stands for the variables `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. */
export const FROM_ENVIRONMENT = 'environment';

/** An HTTP proxy: its address without credentials, and how to log in there. */
export interface ProxyAddress {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** @throws TypeError for what is no address of a proxy; the message does not repeat credentials. */
export function parseProxy(address: string): ProxyAddress {
  const { url, username, password } = resolveEndpoint(address, {}, DEFAULT_PORT);
  if (address === '' || new URL(url).pathname !== '/') throw new TypeError('not an address without a path');
  return { url, ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
}
