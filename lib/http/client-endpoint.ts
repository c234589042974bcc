import { ConfigurationError } from '../errors/index.js';
import { type Endpoint, type EndpointOptions, resolveEndpoint } from '../options/index.js';

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The endpoint of a client that is used alone, without the module and its validation.
 * @throws ConfigurationError for what is no address or no time-out; it does not repeat credentials.
 */
export function endpointOf(host: string, options: EndpointOptions, defaultPort: number): Endpoint {
  const { timeoutMs } = options;
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new ConfigurationError(
      `Invalid timeoutMs: expected a whole number of milliseconds, got ${String(timeoutMs)}`,
    );
  }
  try {
    return resolveEndpoint(host, options, defaultPort);
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : 'credentials in a URL must be percent-encoded';
    throw new ConfigurationError(`Invalid host: ${reason}; expected host:port or a URL`);
  }
}
