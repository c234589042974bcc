import type { EndpointOptions } from '../../options/index.js';
import { type GroupingKey, groupingPath } from './grouping-key.js';
import { GATEWAY_HEADER } from './gateway-header.js';

/** Where a copy of a group is: an address, and a name if a balancer stands there. */
export interface CopyAt {
  readonly address: string;
  readonly name?: string;
}

/**
 * What a person types to remove a group from a gateway. Names may come from servers: whatever is in them, a POSIX shell takes
 * each for a part of one word. Where a secret belongs stands a placeholder.
 * @throws ConfigurationError for what is no grouping key.
 */
export function deletionCommand(
  key: GroupingKey,
  { address, name }: CopyAt,
  login: Pick<EndpointOptions, 'username' | 'bearerToken' | 'bearerTokenFile'>,
): string {
  const words = ['curl -X DELETE'];
  if (login.username !== undefined) words.push("-u '<username>:<password>'");
  else if (login.bearerToken !== undefined || login.bearerTokenFile !== undefined)
    words.push("-H 'Authorization: Bearer <token>'");
  if (name !== undefined) words.push(`-H ${shellWord(`${GATEWAY_HEADER}: ${name}`)}`);
  words.push(shellWord(address + groupingPath(key, true)));
  return words.join(' ');
}

/** Between single quotes a shell takes everything as it is, but for a single quote. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
