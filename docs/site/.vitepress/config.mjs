import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { breakableCode } from '../code.mjs';
import { linksOnSite } from '../links.mjs';
import { LIST, addressOf, readGroups, sidebar } from '../pages.mjs';

const groups = readGroups();
const sources = [LIST, ...groups.flatMap(({ pages }) => pages.map(({ file }) => file))];
const addresses = new Map(sources.map((file) => [file, addressOf(file)]));
const files = new Map([...addresses].map(([file, address]) => [`${address}.md`, file]));

export default defineConfig({
  title: 'nestjs-prometheus-pushgateway',
  description:
    'Metrics of NestJS applications, pushed to Prometheus Pushgateways and right when Prometheus reads them.',
  srcDir: 'build/pages',
  outDir: 'build/html',
  cacheDir: 'build/cache',
  cleanUrls: false,
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    // Braces in our texts are label sets, and anchors are those of GitHub.
    attrs: { disable: true },
    anchor: { slugify: slug },
    config: (md) => {
      linksOnSite(md, files, addresses);
      breakableCode(md);
    },
  },
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  themeConfig: {
    // The whole name covers the search on telephones.
    siteTitle: 'Pushgateway for NestJS',
    search: {
      provider: 'local',
      options: {
        // A page that explains comes before the page of a type.
        miniSearch: { searchOptions: { boostDocument: (id) => (id.includes('/api/') ? 0.3 : 1) } },
      },
    },
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'All pages', link: '/pages' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: { '/api/': apiSidebar(), '/': sidebar(groups) },
    outline: [2, 3],
    externalLinkIcon: true,
  },
});

/** What TypeDoc has written beside its pages. */
function apiSidebar() {
  const file = join(import.meta.dirname, '../build/pages/api/typedoc-sidebar.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}
