import { readFileSync } from 'node:fs';

/**
 * The text of a file of ../scripts, without its header and its lines of comments. `name` has no `.lua`. In the package the
 * texts stand in the code itself (bundle.mjs): a bundle of an application is one file, and may run anywhere.
 */
export function luaSource(name: string): string {
  return readFileSync(new URL(`../scripts/${name}.lua`, import.meta.url), 'utf8')
    .replace(/^--\[\[[\s\S]*?\]\]\n/, '')
    .split('\n')
    .filter((line) => !/^\s*--/.test(line))
    .join('\n');
}
