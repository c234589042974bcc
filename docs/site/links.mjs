import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './pages.mjs';

const IS_OUTSIDE = /^(?:[a-z]+:|#|\/)/i;
const IS_PICTURE = /\.(?:svg|png)$/;
const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const SOURCES = (repository?.url ?? repository)?.replace(/^git\+/, '').replace(/\.git$/, '');

/**
 * The address on the site of what a page of the repository links; undefined for a file that is not on the site, if nobody knows where
 * the sources are published.
 *
 * @param addresses The address of each page, by its file.
 * @throws Error For a file that does not exist
 */
export function onSite(target, from, addresses) {
  if (IS_OUTSIDE.test(target)) return target;
  const [path, hash] = target.split('#');
  const file = join(dirname(from), decodeURIComponent(path)).replace(/\/$/, '');
  const suffix = hash === undefined ? '' : `#${hash}`;
  if (addresses.has(file)) return `/${addresses.get(file)}${suffix}`;
  if (!existsSync(join(ROOT, file))) throw new Error(`${from} links ${target}, which does not exist`);
  if (IS_PICTURE.test(file)) return `/${file}`;
  return SOURCES && `${SOURCES}/blob/main/${file}${suffix}`;
}

/** A plugin of markdown-it: links and pictures as they work on GitHub become those of the site. */
export function linksOnSite(md, files, addresses) {
  md.core.ruler.push('links on site', ({ tokens, env }) => {
    const from = files.get(env.relativePath);
    if (from === undefined) return;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type === 'image') token.attrSet('src', onSite(token.attrGet('src'), from, addresses));
    }
    for (const { children } of tokens) if (children) linkAll(children, from, addresses);
  });
}

function linkAll(tokens, from, addresses) {
  let unlinked = false;
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const address = onSite(token.attrGet('href'), from, addresses);
      unlinked = address === undefined;
      if (unlinked) Object.assign(token, { type: 'span_open', tag: 'span', attrs: [['title', token.attrGet('href')]] });
      else token.attrSet('href', address);
    } else if (token.type === 'link_close' && unlinked) {
      Object.assign(token, { type: 'span_close', tag: 'span' });
      unlinked = false;
    }
  }
}

/**
 * Pictures that exist for light and for dark: the site has a switch of its own, which `prefers-color-scheme` does not know. Those for
 * wide and narrow stay.
 */
export function picturesOnSite(text, from, addresses) {
  return text.replaceAll(/^<picture( [^>]*)?>(.*?)<\/picture>/gms, (_, attributes = '', inside) => {
    const moved = inside.replaceAll(/\b(src|srcset)="([^"]+)"/g, (__, name, target) => {
      return `${name}="${onSite(target, from, addresses)}"`;
    });
    const dark = /<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)"\s*\/?>/.exec(moved);
    if (!dark) return `<picture${attributes}>${moved}</picture>`;
    const light = /<img [^>]*>/.exec(moved)[0];
    return `${light.replace('<img ', '<img class="in-light" ')}${light.replace('<img ', '<img class="in-dark" ').replace(/src="[^"]+"/, `src="${dark[1]}"`)}`;
  });
}
