/**
 * Writes what folders of lib/ may import into the table of ARCHITECTURE.md, as `.dependency-cruiser.cjs` has it:
 *
 *   npm run docs:imports             writes it
 *   npm run docs:imports -- --check  ends with exit code 1 if it differs
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';

const PAGE = new URL('../ARCHITECTURE.md', import.meta.url);
const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

const NAME = /^lib\/(\S+)-imports$/;
const imports = new Map(
  forbidden
    .filter(({ name }) => NAME.test(name))
    .map(({ name, comment }) => [NAME.exec(name)[1], comment.replace(/^.* may import /, '').replaceAll('lib/', '')]),
);

const page = await readFile(PAGE, 'utf8');
const missing = new Set(imports.keys());
const rows = page.replace(/^\| `(\w+)`(.*\| )[^|]*\|$/gm, (row, folder, before) => {
  if (!missing.delete(folder)) return row;
  return `| \`${folder}\`${before}${imports.get(folder)} |`;
});
if (missing.size > 0) throw new Error(`ARCHITECTURE.md has no row for ${[...missing].join(', ')}`);
const written = await format(rows, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
if (process.argv.includes('--check')) {
  if (written !== page) {
    process.stderr.write('The import table of ARCHITECTURE.md is not that of the rules: npm run docs:imports\n');
    process.exitCode = 1;
  }
} else await writeFile(PAGE, written);
