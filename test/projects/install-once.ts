import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Surroundings } from './surroundings.js';

/** A project's folder, which is made for the first of those that use it. */
export function installOnce(
  name: string,
  make: (folder: string, surroundings: Surroundings) => Promise<void>,
): (surroundings: Surroundings) => Promise<string> {
  let made: Promise<string> | undefined;
  return (surroundings) => {
    made ??= (async () => {
      const folder = join(surroundings.folder, name);
      await mkdir(folder, { recursive: true });
      await make(folder, surroundings);
      return folder;
    })();
    return made;
  };
}
