import { partsOf } from './gateway-id.js';
import { type GroupingKey, groupingPath } from './grouping-key.js';

/** What a person types to remove a group from a gateway; where it asks for credentials, they are to be added. */
export function removalCommand(gateway: string, key: GroupingKey): string {
  const { address, name } = partsOf(gateway);
  const header = name === undefined ? '' : ` -H ${quoted(`x-pushgateway: ${name}`)}`;
  return `curl -X DELETE${header} ${quoted(`${address}${groupingPath(key)}`)}`;
}

/** As a POSIX shell takes it for one word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
