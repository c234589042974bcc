import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../../..');

/** Pages that tell users and contributors what to type, by their path. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'ARCHITECTURE.md',
  ...namesIn('docs').filter((name) => name.endsWith('.md')),
  ...namesIn('test/proofs').map((folder) => `${folder}/README.md`),
];

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function namesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => folder === 'docs' || name !== 'first-increments')
    .map((name) => `${folder}/${name}`);
}
