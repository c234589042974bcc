import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from './run-node.js';

export const DOCKER_FOLDER = join(ROOT, 'docker');

/**
 * A configuration file of `docker/` with other addresses and paths, word for word, and nothing else changed: native
 * servers then run by the very file that the containers run by.
 *
 * @param addresses what stands in the file (`gateway-1:9091`, `bind :8404`) and what stands there instead.
 * @throws Error if one of them does not stand in the file.
 */
export async function dockerConfig(file: string, addresses: Readonly<Record<string, string>>): Promise<string> {
  const text = await readFile(join(DOCKER_FOLDER, file), 'utf8');
  const found = new Set<string>();
  const words = Object.keys(addresses).map((address) => address.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  // All at once: what was put in is not looked at again.
  const changed = text.replaceAll(new RegExp(`(?<![\\w.-])(${words.join('|')})(?![\\w.-])`, 'g'), (address) => {
    found.add(address);
    return addresses[address] as string;
  });
  const missing = Object.keys(addresses).filter((address) => !found.has(address));
  if (missing.length > 0) throw new Error(`docker/${file} does not name ${missing.join(', ')}`);
  return changed;
}
