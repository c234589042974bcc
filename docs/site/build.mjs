/**
 * `npm run docs:site`: the site of docs/, in docs/site/build/html. It installs what it needs into docs/site, once; after that it needs
 * no network. `-- --serve` shows it at http://localhost:4173, `-- --base /name/` makes it for an address below a host.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { checkSite } from './check-site.mjs';
import { MODULES, install } from './install.mjs';
import { picturesOnSite } from './links.mjs';
import { LIST, ROOT, addressOf, readGroups } from './pages.mjs';
import { run } from './run.mjs';
import { withRoom } from './wide.mjs';

const HERE = import.meta.dirname;
const PAGES = join(HERE, 'build/pages');
const HTML = join(HERE, 'build/html');
const { values } = parseArgs({
  options: { serve: { type: 'boolean', default: false }, base: { type: 'string', default: '/' } },
});

await install();
stage(readGroups());
await run('node', [join(MODULES, 'typedoc/bin/typedoc'), '--options', join(HERE, 'typedoc.json')]);
await run('node', [join(MODULES, 'vitepress/bin/vitepress.js'), 'build', HERE, '--base', values.base]);
const count = checkSite(HTML, values.base);
process.stdout.write(`${count} pages in ${relative(process.cwd(), HTML)}\n`);
if (values.serve) {
  await run('node', [join(MODULES, 'vitepress/bin/vitepress.js'), 'preview', HERE, '--base', values.base]);
}

/** Copies the pages to where VitePress reads them, at the addresses they get. */
function stage(groups) {
  rmSync(PAGES, { recursive: true, force: true });
  const files = [LIST, ...groups.flatMap(({ pages }) => pages.map(({ file }) => file))];
  const addresses = new Map(files.map((file) => [file, addressOf(file)]));
  for (const [file, address] of addresses) {
    write(`${address}.md`, withRoom(picturesOnSite(readFileSync(join(ROOT, file), 'utf8'), file, addresses)));
  }
  write('index.md', picturesOnSite(home(groups), 'docs/site/home.md', addresses));
  for (const name of readdirSync(join(ROOT, 'docs'), { recursive: true })) {
    if (/^site\b/.test(name) || !/\.(?:svg|png)$/.test(name)) continue;
    cpSync(join(ROOT, 'docs', name), join(PAGES, 'public/docs', name), { recursive: true });
  }
}

/** The first page: what it is, and a card for each group. */
function home(groups) {
  const features = groups.map(({ name, says, pages }) => ({
    title: name,
    details: says,
    link: `/${pages[0].address}`,
    linkText: pages[0].title,
  }));
  return readFileSync(join(HERE, 'home.md'), 'utf8').replace(/^features:$/m, `features: ${JSON.stringify(features)}`);
}

function write(name, text) {
  const path = join(PAGES, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
