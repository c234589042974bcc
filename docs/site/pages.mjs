import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const LIST = 'docs/README.md';

/**
 * The pages as docs/README.md lists them, which is the one list: each heading is a group of the side bar, each row of its table a page.
 * Files are named as in the repository, addresses as on the site.
 */
export function readGroups() {
  const [, ...sections] = readFileSync(join(ROOT, LIST), 'utf8').split(/^## /m);
  return sections.map((section) => {
    const [name, ...rest] = section.split('\n');
    const says = rest.find((line) => /^[^|\s]/.test(line)) ?? '';
    const rows = [...section.matchAll(/^\| \[([^\]]+)\]\(([^)#]+)\) +\| (.*?) *\|$/gm)];
    const pages = rows.map(([, title, target, what]) => {
      const file = join('docs', target);
      return { title, says: what, file, address: addressOf(file) };
    });
    return { name, says, pages };
  });
}

/** `docs/redis.md` is `redis`, README is `start`; what stands elsewhere is below `project`. */
export function addressOf(file) {
  if (file === 'README.md') return 'start';
  if (file === LIST) return 'pages';
  const name = file.replace(/(?:\/README)?\.md$/, '');
  return name.startsWith('docs/') ? name.slice('docs/'.length) : `project/${name.toLowerCase()}`;
}

/** The side bar of VitePress. */
export function sidebar(groups) {
  return groups.map(({ name, pages }) => ({
    text: name,
    items: pages.map(({ title, address }) => ({ text: title, link: `/${address}` })),
  }));
}
