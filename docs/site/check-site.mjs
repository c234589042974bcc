import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Follows every link, picture and anchor of the built site, those of the menus included, which VitePress does not look at.
 *
 * @returns The number of pages.
 * @throws Error It names each link that leads nowhere.
 */
export function checkSite(folder, base) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.html'));
  const pages = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const anchors = new Map([...pages].map(([name, html]) => [name, new Set(valuesOf(html, 'id'))]));
  const dead = [...pages].flatMap(([name, html]) => {
    const targets = [...valuesOf(html, 'href'), ...valuesOf(html, 'src'), ...valuesOf(html, 'srcset')];
    return [...new Set(targets)]
      .filter((target) => !leads(target, name, { folder, base, anchors }))
      .map((target) => `${name}: ${target}`);
  });
  if (dead.length > 0) throw new Error(`Links that lead nowhere:\n${dead.join('\n')}`);
  return pages.size;
}

function leads(target, from, { folder, base, anchors }) {
  if (/^[a-z]+:|^\/\//i.test(target)) return true;
  const { pathname, hash } = new URL(target.replaceAll('&amp;', '&'), `http://site${base}${from}`);
  if (!pathname.startsWith(base)) return false;
  const path = decodeURIComponent(pathname.slice(base.length));
  const file = [path, `${path}.html`, join(path, 'index.html')].find(
    (name) => existsSync(join(folder, name)) && statSync(join(folder, name)).isFile(),
  );
  if (file === undefined) return false;
  const ids = anchors.get(file);
  return hash === '' || !ids || ids.has(decodeURIComponent(hash.slice(1)));
}

function valuesOf(html, name) {
  return [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value);
}
