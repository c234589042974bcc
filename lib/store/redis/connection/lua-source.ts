import { readFileSync } from 'node:fs';

/**
 * A file of ../scripts, by its name without `.lua`, without its header and lines that are a comment. In the package they stand in
 * the code itself (bundle.mjs): a bundle of an application is one file, and may run anywhere.
 */
export function luaSource(name: string): string {
  return readFileSync(new URL(`../scripts/${name}.lua`, import.meta.url), 'utf8')
    .replace(/^--\[\[[\s\S]*?\]\]\n/, '')
    .split('\n')
    .filter((line) => !/^\s*--/.test(line))
    .join('\n');
}
